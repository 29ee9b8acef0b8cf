import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.zetasql.Analyzer;
import com.google.zetasql.AnalyzerOptions;
import com.google.zetasql.ParseResumeLocation;
import com.google.zetasql.Parser;
import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.SimpleTable;
import com.google.zetasql.SqlException;
import com.google.zetasql.Type;
import com.google.zetasql.ZetaSQLOptions.ErrorMessageMode;
import com.google.zetasql.parser.ASTNodes.ASTScriptStatement;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAddColumnAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterTableStmt;
import com.google.zetasql.resolvedast.ResolvedCreateStatementEnums.CreateMode;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnDefinition;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateStatement;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableStmtBase;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateViewBase;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDropStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOutputColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedStatement;
import com.google.zetasql.toolkit.catalog.bigquery.BigQueryCatalog;
import com.google.zetasql.toolkit.catalog.io.CatalogResources;
import com.google.zetasql.toolkit.options.BigQueryLanguageOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads requests, one JSON object per line, and answers each with what Google's parser and resolver say. See README.md. */
public final class BigQueryChecker {
  private static final Pattern POSITION = Pattern.compile("\\s*\\[at (\\d+):(\\d+)\\]");

  private final AnalyzerOptions options = new AnalyzerOptions();
  private final BigQueryCatalog builtins;

  private BigQueryChecker() {
    options.setLanguageOptions(BigQueryLanguageOptions.get());
    options.setErrorMessageMode(ErrorMessageMode.ERROR_MESSAGE_ONE_LINE);
    builtins = BigQueryCatalog.usingResources("project", new CatalogResources(List.of(), List.of(), List.of(), List.of()));
  }

  private JsonObject check(JsonObject request) {
    JsonObject answer = new JsonObject();
    // A statement that makes a table makes it for those behind it, in this request only.
    Tables tables = new Tables(builtins.copy().getZetaSQLCatalog());
    String part = "in the schema: ";
    try {
      if (request.has("schema")) {
        analyze(request.get("schema").getAsString(), tables);
      }
      part = "";
      answer.addProperty("statement", analyze(request.get("sql").getAsString(), tables));
      answer.addProperty("ok", true);
    } catch (SqlException | Refusal refusal) {
      String message = refusal.getMessage();
      Matcher position = POSITION.matcher(message);
      answer.addProperty("ok", false);
      if (position.find()) {
        answer.addProperty("line", Integer.parseInt(position.group(1)));
        answer.addProperty("column", Integer.parseInt(position.group(2)));
      }
      answer.addProperty("message", part + POSITION.matcher(message).replaceAll(""));
    }
    return answer;
  }

  /** The kind of the last statement, as the resolver calls it. */
  private String analyze(String text, Tables tables) {
    String sql = text.stripTrailing();
    int length = sql.getBytes(StandardCharsets.UTF_8).length;
    ParseResumeLocation location = new ParseResumeLocation(sql);
    String kind = "";
    while (location.getBytePosition() < length) {
      int start = location.getBytePosition();
      try {
        ResolvedStatement statement = Analyzer.analyzeNextStatement(location, options, tables.root);
        tables.apply(statement);
        kind = statement.nodeKindString();
      } catch (SqlException refusal) {
        // The resolver knows no procedural statement: those are parsed, and what stands inside them is not looked at.
        location.setBytePosition(start);
        if (!isScript(location)) {
          throw refusal;
        }
        kind = "Script";
      }
    }
    return kind;
  }

  private boolean isScript(ParseResumeLocation location) {
    try {
      return Parser.parseNextScriptStatement(location, options.getLanguageOptions()) instanceof ASTScriptStatement;
    } catch (SqlException refusal) {
      return false;
    }
  }

  /** What BigQuery refuses although the resolver alone would not. */
  private static final class Refusal extends RuntimeException {
    Refusal(String message) {
      super(message);
    }
  }

  /** The tables and views that the statements so far have made. */
  private static final class Tables {
    private final SimpleCatalog root;
    private final Map<String, SimpleTable> byName = new LinkedHashMap<>();

    Tables(SimpleCatalog root) {
      this.root = root;
    }

    void apply(ResolvedStatement statement) {
      if (statement instanceof ResolvedCreateTableStmtBase) {
        ResolvedCreateTableStmtBase create = (ResolvedCreateTableStmtBase) statement;
        Map<String, Type> columns = new LinkedHashMap<>();
        for (ResolvedColumnDefinition column : create.getColumnDefinitionList()) {
          columns.put(column.getName(), column.getType());
        }
        add(create, columns);
      } else if (statement instanceof ResolvedCreateViewBase) {
        ResolvedCreateViewBase create = (ResolvedCreateViewBase) statement;
        Map<String, Type> columns = new LinkedHashMap<>();
        for (ResolvedOutputColumn column : create.getOutputColumnList()) {
          columns.put(column.getName(), column.getColumn().getType());
        }
        add(create, columns);
      } else if (statement instanceof ResolvedDropStmt) {
        ResolvedDropStmt drop = (ResolvedDropStmt) statement;
        boolean holdsRows = drop.getObjectType().matches("TABLE|VIEW|MATERIALIZED VIEW|SNAPSHOT TABLE");
        if (holdsRows && !remove(drop.getNamePath()) && !drop.getIsIfExists()) {
          throw new Refusal("Not found: " + String.join(".", drop.getNamePath()));
        }
      } else if (statement instanceof ResolvedAlterTableStmt) {
        ResolvedAlterTableStmt alter = (ResolvedAlterTableStmt) statement;
        SimpleTable table = byName.get(key(alter.getNamePath()));
        if (table == null && !alter.getIsIfExists()) {
          throw new Refusal("Not found: " + String.join(".", alter.getNamePath()));
        }
        alter.getAlterActionList().stream()
            .filter(action -> table != null && action instanceof ResolvedAddColumnAction)
            .map(action -> (ResolvedAddColumnAction) action)
            .forEach(action -> addColumn(table, action));
      }
    }

    private static void addColumn(SimpleTable table, ResolvedAddColumnAction action) {
      ResolvedColumnDefinition column = action.getColumnDefinition();
      if (table.findColumnByName(column.getName()) == null) {
        table.addSimpleColumn(column.getName(), column.getType());
      } else if (!action.getIsIfNotExists()) {
        throw new Refusal("Column already exists: " + column.getName());
      }
    }

    private void add(ResolvedCreateStatement create, Map<String, Type> columns) {
      List<String> path = create.getNamePath();
      if (byName.containsKey(key(path))) {
        if (create.getCreateMode() == CreateMode.CREATE_IF_NOT_EXISTS) {
          return;
        }
        if (create.getCreateMode() != CreateMode.CREATE_OR_REPLACE) {
          throw new Refusal("Already exists: " + String.join(".", path));
        }
        remove(path);
      }
      SimpleTable table = new SimpleTable(key(path));
      columns.forEach(table::addSimpleColumn);
      byName.put(key(path), table);
      // `a.b` in one pair of backticks is one name to the resolver, a.b is a path: BigQuery takes them for the same.
      root.addSimpleTable(key(path), table);
      String[] names = key(path).split("\\.");
      if (names.length > 1) {
        folder(names).addSimpleTable(names[names.length - 1], table);
      }
    }

    private boolean remove(List<String> path) {
      if (byName.remove(key(path)) == null) {
        return false;
      }
      root.removeSimpleTable(key(path));
      String[] names = key(path).split("\\.");
      if (names.length > 1) {
        folder(names).removeSimpleTable(names[names.length - 1]);
      }
      return true;
    }

    private SimpleCatalog folder(String[] names) {
      SimpleCatalog catalog = root;
      for (int i = 0; i + 1 < names.length; ++i) {
        SimpleCatalog child = catalog.getCatalog(names[i]);
        catalog = child == null ? catalog.addNewSimpleCatalog(names[i]) : child;
      }
      return catalog;
    }

    private static String key(List<String> path) {
      return String.join(".", path);
    }
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    BigQueryChecker checker = new BigQueryChecker();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(checker.check(JsonParser.parseString(line).getAsJsonObject()));
    }
  }
}
