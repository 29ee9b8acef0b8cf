import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.zetasql.Analyzer;
import com.google.zetasql.AnalyzerOptions;
import com.google.zetasql.LanguageOptions;
import com.google.zetasql.PreparedQuery;
import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.SimpleTable;
import com.google.zetasql.SqlException;
import com.google.zetasql.StructType;
import com.google.zetasql.TableContent;
import com.google.zetasql.Type;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.Value;
import com.google.zetasql.ZetaSQLBuiltinFunctionOptions;
import com.google.zetasql.ZetaSQLOptions.ErrorMessageMode;
import com.google.zetasql.ZetaSQLOptions.ProductMode;
import com.google.zetasql.ZetaSQLType.TypeKind;
import com.google.zetasql.resolvedast.ResolvedCreateStatementEnums.CreateMode;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAddColumnAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterTableStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnDefinition;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateSchemaStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateStatement;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableAsSelectStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableStmtBase;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateViewStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDropColumnAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDropStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedQueryStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedStatement;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Google's resolver and reference implementation of its SQL over tables in memory, asked line by line: one JSON object for a statement, one
 * for its answer, in the same order.
 *
 * <pre>
 * {"sql": "select 1 as a", "project": "p", "dataset": "d", "location": "EU", "dry_run": false}
 * {"ok": true, "type": "SELECT", "fields": [{"name": "a", "type": "INTEGER", "mode": "NULLABLE"}], "rows": [{"f": [{"v": "1"}]}]}
 * {"sql": "select b"}
 * {"ok": false, "reason": "invalidQuery", "message": "Unrecognized name: b at [1:8]"}
 * {"tables": true, "project": "p"}      every dataset with its location, and every table with its fields and number of rows
 * {"dataset_made": "d", "project": "p", "location": "EU"}
 * </pre>
 *
 * The reference implementation runs queries only. What changes tables is taken apart here, after the resolver has accepted the whole, and each
 * part is a query: who is to go, and what comes instead. Cells are as the API writes them, timestamps in microseconds.
 */
public final class GoogleSql {
  private static final Pattern POSITION = Pattern.compile("\\s*\\[at (\\d+:\\d+)\\]");
  private static final String ROW = "penstock_row_number";
  private static final String TARGET = "penstock_changed_table";

  static final class Column {
    String name;
    Type type;
    String sql;
    boolean required;
  }

  static final class Table {
    List<Column> columns = new ArrayList<>();
    List<List<Value>> rows = new ArrayList<>();
    String view; // The query of a view.
  }

  private static final class Refusal extends RuntimeException {
    final String reason;

    Refusal(String reason, String message) {
      super(message);
      this.reason = reason;
    }
  }

  private final AnalyzerOptions options = new AnalyzerOptions();
  private final Map<String, String> datasets = new LinkedHashMap<>(); // "project.dataset" and its location.
  private final Map<String, Table> tables = new LinkedHashMap<>(); // "project.dataset.table".

  private String project = "";
  private String dataset = "";
  private String location = "";
  private boolean dryRun;

  private GoogleSql() {
    LanguageOptions language = new LanguageOptions();
    language.enableMaximumLanguageFeatures();
    language.setSupportsAllStatementKinds();
    language.setProductMode(ProductMode.PRODUCT_EXTERNAL);
    language.enableReservableKeyword("QUALIFY");
    options.setLanguageOptions(language);
    options.setErrorMessageMode(ErrorMessageMode.ERROR_MESSAGE_ONE_LINE);
    options.setDefaultTimezone("UTC");
  }

  // ---- names

  private String key(List<String> path) {
    List<String> parts = new ArrayList<>();
    for (String part : path) parts.addAll(List.of(part.split("\\.")));
    if (parts.size() == 1) return project + "." + dataset + "." + parts.get(0);
    if (parts.size() == 2) return project + "." + parts.get(0) + "." + parts.get(1);
    return String.join(".", parts);
  }

  private static String told(String key) {
    return key.replaceFirst("\\.", ":");
  }

  private String datasetOf(String key) {
    String name = key.substring(0, key.lastIndexOf('.'));
    String where = datasets.get(name);
    if (where == null || !where.equalsIgnoreCase(location)) {
      throw new Refusal("notFound", "Not found: Dataset " + told(name) + " was not found in location " + location);
    }
    return name;
  }

  private Table table(List<String> path) {
    datasetOf(key(path));
    Table found = tables.get(key(path));
    if (found == null) throw new Refusal("notFound", "Not found: Table " + told(key(path)) + " was not found in location " + location);
    return found;
  }

  // ---- queries

  private static final class Scope {
    SimpleCatalog catalog;
    Map<String, TableContent> contents = new LinkedHashMap<>();
    List<List<String>> paths = new ArrayList<>();
  }

  /** The resolver finds a table in folders of names; contents are only to be had for one in the root, so it stands there, too. */
  private void add(Scope scope, List<String> path, Table table, boolean numbered) {
    String whole = String.join(".", path);
    SimpleCatalog folder = scope.catalog;
    for (String part : path.subList(0, path.size() - 1)) {
      SimpleCatalog child = folder.getCatalog(part);
      folder = child == null ? folder.addNewSimpleCatalog(part) : child;
    }
    if (path.size() > 1) {
      folder.addSimpleTable(path.get(path.size() - 1), simple(path.get(path.size() - 1), table, numbered));
      scope.paths.add(path);
    }
    scope.catalog.addSimpleTable(whole, simple(whole, table, numbered));
    List<List<Value>> rows = new ArrayList<>();
    for (int i = 0; i < table.rows.size(); i++) {
      List<Value> row = new ArrayList<>(table.rows.get(i));
      if (numbered) row.add(Value.createInt64Value(i));
      rows.add(row);
    }
    scope.contents.put(whole, TableContent.create(rows));
  }

  private static SimpleTable simple(String name, Table table, boolean numbered) {
    SimpleTable simple = new SimpleTable(name);
    for (Column column : table.columns) simple.addSimpleColumn(column.name, column.type);
    if (numbered) simple.addSimpleColumn(ROW, TypeFactory.createSimpleType(TypeKind.TYPE_INT64));
    return simple;
  }

  /** The tables that a statement reads; a view is what its query gives just now. */
  private Scope scope(String sql) {
    Scope scope = new Scope();
    scope.catalog = new SimpleCatalog("project");
    scope.catalog.addZetaSQLFunctions(new ZetaSQLBuiltinFunctionOptions(options.getLanguageOptions()));
    TreeSet<String> seen = new TreeSet<>();
    for (List<String> path : Analyzer.extractTableNamesFromStatement(sql, options)) {
      if (!seen.add(String.join("\n", path).toLowerCase(Locale.ROOT))) continue;
      String key = key(path);
      Table known = tables.get(key);
      // Another name may be a column that is unnested; the resolver says when it is none.
      if (known == null) continue;
      datasetOf(key);
      Table shown = known;
      if (known.view != null) {
        shown = run(known.view);
      }
      add(scope, path, shown, false);
    }
    return scope;
  }

  private Table run(String sql) {
    return run(sql, scope(sql));
  }

  private Table run(String sql, Scope scope) {
    Table result = new Table();
    PreparedQuery.Builder builder = PreparedQuery.builder().setSql(new Words(sql).inRoot(scope.paths)).setAnalyzerOptions(options);
    try (PreparedQuery query = builder.setCatalog(scope.catalog).setTablesContents(scope.contents).prepare()) {
      query.getColumns().forEach(column -> result.columns.add(column(column.getName(), column.getType())));
      for (List<Value> row : query.execute(Map.of()).getTableData()) result.rows.add(new ArrayList<>(row));
    }
    return result;
  }

  private static Column column(String name, Type type) {
    Column column = new Column();
    column.name = name;
    column.type = type;
    column.sql = spelt(type);
    return column;
  }

  static String spelt(Type type) {
    if (type.isArray()) return "ARRAY<" + spelt(type.asArray().getElementType()) + ">";
    if (!type.isStruct()) return type.typeName(ProductMode.PRODUCT_EXTERNAL);
    StringBuilder parts = new StringBuilder();
    for (StructType.StructField part : type.asStruct().getFieldList()) {
      parts.append(parts.length() == 0 ? "" : ", ").append(part.getName().isEmpty() ? "" : quoted(part.getName()) + " ").append(spelt(part.getType()));
    }
    return "STRUCT<" + parts + ">";
  }

  static String quoted(String name) {
    return "`" + name + "`";
  }

  // ---- statements

  private JsonObject answer(JsonObject request) {
    project = request.get("project").getAsString();
    JsonObject answer = new JsonObject();
    answer.addProperty("ok", true);
    if (request.has("tables")) return catalogue(answer);
    location = request.get("location").getAsString();
    if (request.has("dataset_made")) {
      datasets.putIfAbsent(project + "." + request.get("dataset_made").getAsString(), location);
      return answer;
    }
    dataset = request.has("dataset") ? request.get("dataset").getAsString() : "";
    dryRun = request.has("dry_run") && request.get("dry_run").getAsBoolean();
    try {
      execute(request.get("sql").getAsString().stripTrailing(), answer);
    } catch (Refusal refusal) {
      refused(answer, refusal.reason, refusal.getMessage());
    } catch (RuntimeException problem) {
      String message = problem.getMessage() == null ? problem.toString() : problem.getMessage();
      Matcher missing = Pattern.compile("(?s).*Table not found: `?([^\\s`;]+).*").matcher(message);
      if (missing.matches()) {
        String name = missing.group(1).replaceAll("[`;\\[]", "");
        String key = key(List.of(name));
        refused(answer, "notFound", "Not found: Table " + told(key) + " was not found in location " + location);
      } else {
        if (!(problem instanceof SqlException) && problem.getCause() instanceof RuntimeException) message = problem.getCause().getMessage();
        refused(answer, "invalidQuery", POSITION.matcher(message.replaceFirst("^(INVALID_ARGUMENT|OUT_OF_RANGE): ", "")).replaceAll(" at [$1]"));
      }
    }
    return answer;
  }

  private static void refused(JsonObject answer, String reason, String message) {
    answer.addProperty("ok", false);
    answer.addProperty("reason", reason);
    answer.addProperty("message", message);
  }

  private void execute(String sql, JsonObject answer) {
    Scope scope = scope(sql);
    ResolvedStatement statement = Analyzer.analyzeStatement(sql, options, scope.catalog);
    Words words = new Words(sql);
    if (statement instanceof ResolvedQueryStmt) {
      answer.addProperty("type", "SELECT");
      Table result = run(dryRun ? "select * from (" + sql + "\n) where false" : sql, scope);
      answer.add("fields", Cells.fields(result.columns));
      answer.add("rows", Cells.rows(result));
    } else if (statement instanceof ResolvedCreateTableAsSelectStmt) {
      answer.addProperty("type", "CREATE_TABLE_AS_SELECT");
      createAs((ResolvedCreateTableAsSelectStmt) statement, words, answer);
    } else if (statement instanceof ResolvedCreateTableStmt) {
      answer.addProperty("type", "CREATE_TABLE");
      Table made = new Table();
      definitions((ResolvedCreateTableStmt) statement, words, made);
      store((ResolvedCreateStatement) statement, made, answer);
    } else if (statement instanceof ResolvedCreateViewStmt) {
      answer.addProperty("type", "CREATE_VIEW");
      Table made = new Table();
      made.view = ((ResolvedCreateViewStmt) statement).getSql();
      made.columns = run("select * from (" + made.view + "\n) where false").columns;
      store((ResolvedCreateStatement) statement, made, answer);
    } else if (statement instanceof ResolvedCreateSchemaStmt) {
      answer.addProperty("type", "CREATE_SCHEMA");
      createSchema((ResolvedCreateSchemaStmt) statement);
    } else if (statement instanceof ResolvedDropStmt) {
      drop((ResolvedDropStmt) statement, answer);
    } else if (statement instanceof ResolvedAlterTableStmt) {
      answer.addProperty("type", "ALTER_TABLE");
      alter((ResolvedAlterTableStmt) statement);
    } else {
      change(words, answer);
    }
  }

  private void createAs(ResolvedCreateTableAsSelectStmt statement, Words words, JsonObject answer) {
    Table made = new Table();
    int as = words.find(0, "as");
    String query = words.from(as + 1);
    Table result = run(dryRun ? "select * from (" + query + "\n) where false" : query);
    made.columns = new ArrayList<>();
    List<ResolvedColumnDefinition> definitions = statement.getColumnDefinitionList();
    for (int i = 0; i < definitions.size(); i++) made.columns.add(column(definitions.get(i).getName(), result.columns.get(i).type));
    made.rows = result.rows;
    store(statement, made, answer);
  }

  /** Columns as they are written: the resolver's types have lost their parameters. */
  private void definitions(ResolvedCreateTableStmtBase statement, Words words, Table made) {
    int open = words.find(0, "(");
    List<String> texts = words.split(open + 1, words.close(open));
    List<ResolvedColumnDefinition> definitions = statement.getColumnDefinitionList();
    for (int i = 0; i < definitions.size(); i++) {
      Column column = column(definitions.get(i).getName(), definitions.get(i).getType());
      Matcher parameters = Pattern.compile("\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\)").matcher(i < texts.size() ? texts.get(i) : "");
      boolean plain = column.type.isSimpleType();
      if (plain && parameters.find()) column.sql += "(" + parameters.group(1) + (parameters.group(2) == null ? "" : "," + parameters.group(2)) + ")";
      column.required = definitions.get(i).getAnnotations() != null && definitions.get(i).getAnnotations().getNotNull();
      made.columns.add(column);
    }
  }

  private void store(ResolvedCreateStatement statement, Table made, JsonObject answer) {
    String key = key(statement.getNamePath());
    datasetOf(key);
    Table before = tables.get(key);
    CreateMode mode = statement.getCreateMode();
    if (before != null && mode == CreateMode.CREATE_IF_NOT_EXISTS) {
      answer.addProperty("skipped", true);
    } else {
      if (before != null && mode != CreateMode.CREATE_OR_REPLACE) {
        throw new Refusal("duplicate", "Already Exists: Table " + told(key));
      }
      if (before != null && (before.view == null) != (made.view == null)) {
        throw new Refusal("invalid", told(key) + " is not allowed for this operation because it is currently a " + (before.view == null ? "TABLE" : "VIEW"));
      }
      if (!dryRun) tables.put(key, made);
    }
    String[] parts = key.split("\\.");
    JsonObject target = new JsonObject();
    target.addProperty("projectId", parts[0]);
    target.addProperty("datasetId", parts[1]);
    target.addProperty("tableId", parts[2]);
    answer.add("target", target);
  }

  private void createSchema(ResolvedCreateSchemaStmt statement) {
    List<String> path = statement.getNamePath();
    String name = path.size() == 1 ? project + "." + path.get(0) : String.join(".", path);
    if (datasets.containsKey(name)) {
      if (statement.getCreateMode() == CreateMode.CREATE_IF_NOT_EXISTS) return;
      throw new Refusal("duplicate", "Already Exists: Dataset " + told(name));
    }
    if (!dryRun) datasets.put(name, location);
  }

  private void drop(ResolvedDropStmt statement, JsonObject answer) {
    String kind = statement.getObjectType();
    answer.addProperty("type", "DROP_" + kind.replace(' ', '_'));
    List<String> path = statement.getNamePath();
    if (kind.equals("SCHEMA")) {
      String name = path.size() == 1 ? project + "." + path.get(0) : String.join(".", path);
      if (!datasets.containsKey(name) && statement.getIsIfExists()) return;
      if (!datasets.containsKey(name)) throw new Refusal("notFound", "Not found: Dataset " + told(name));
      if (tables.keySet().stream().anyMatch(table -> table.startsWith(name + "."))) {
        throw new Refusal("resourceInUse", "Dataset " + told(name) + " is still in use");
      }
      if (!dryRun) datasets.remove(name);
      return;
    }
    Table found = tables.get(key(path));
    if (found == null && statement.getIsIfExists()) return;
    if (found == null) throw new Refusal("notFound", "Not found: Table " + told(key(path)));
    if ((found.view != null) != kind.equals("VIEW")) throw new Refusal("invalid", "Cannot drop " + told(key(path)) + ", which is no " + kind);
    if (!dryRun) tables.remove(key(path));
  }

  private void alter(ResolvedAlterTableStmt statement) {
    Table target = table(statement.getNamePath());
    if (dryRun) return;
    for (ResolvedAlterAction action : statement.getAlterActionList()) {
      if (action instanceof ResolvedAddColumnAction) {
        ResolvedAddColumnAction adding = (ResolvedAddColumnAction) action;
        ResolvedColumnDefinition added = adding.getColumnDefinition();
        boolean there = target.columns.stream().anyMatch(column -> column.name.equalsIgnoreCase(added.getName()));
        if (there && adding.getIsIfNotExists()) continue;
        if (there) throw new Refusal("invalidQuery", "Column already exists: " + added.getName());
        target.columns.add(column(added.getName(), added.getType()));
        for (List<Value> row : target.rows) row.add(Value.createNullValue(added.getType()));
      } else if (action instanceof ResolvedDropColumnAction) {
        String name = ((ResolvedDropColumnAction) action).getName();
        for (int i = target.columns.size() - 1; i >= 0; i--) {
          if (!target.columns.get(i).name.equalsIgnoreCase(name)) continue;
          target.columns.remove(i);
          for (List<Value> row : target.rows) row.remove((int) Math.min(i, row.size() - 1));
        }
      } else {
        throw new Refusal("notImplemented", "this server does not know " + action.nodeKindString());
      }
    }
  }

  // ---- INSERT, UPDATE, DELETE, MERGE

  private static final class Change {
    Map<Integer, Map<Integer, Value>> updates = new LinkedHashMap<>();
    TreeSet<Integer> deletes = new TreeSet<>();
    List<List<Value>> inserts = new ArrayList<>();
  }

  private void change(Words words, JsonObject answer) {
    String verb = words.word(0);
    answer.addProperty("type", verb.equals("truncate") ? "TRUNCATE_TABLE" : verb.toUpperCase(Locale.ROOT));
    int at = 1;
    if (verb.equals("truncate")) at = 2;
    if (words.is(at, "into") || words.is(at, "from")) at++;
    List<String> path = new ArrayList<>();
    at = words.path(at, path);
    Table target = table(path);
    if (target.view != null) throw new Refusal("invalidQuery", told(key(path)) + " is not allowed for this operation because it is currently a VIEW");
    String alias = path.get(path.size() - 1);
    alias = alias.substring(alias.lastIndexOf('.') + 1);
    boolean takesAlias = !verb.equals("insert");
    if (takesAlias && words.is(at, "as")) at++;
    if (takesAlias && words.isName(at) && !words.is(at, "using", "set", "where", "on")) alias = words.name(at++);
    Change change = new Change();
    String from = TARGET + " as " + quoted(alias);
    switch (verb) {
      case "insert":
        insert(words, at, target, change);
        break;
      case "delete":
        ask("select " + quoted(alias) + "." + ROW + " from " + from + " " + words.from(at), target).forEach(row -> change.deletes.add(number(row)));
        break;
      case "update":
        update(words, at, target, from, alias, change);
        break;
      case "merge":
        merge(words, at, target, from, alias, change);
        break;
      case "truncate":
        for (int i = 0; i < target.rows.size(); i++) change.deletes.add(i);
        break;
      default:
        throw new Refusal("notImplemented", "this server does not know " + verb);
    }
    apply(target, change, answer);
  }

  private static int number(List<Value> row) {
    return (int) row.get(0).getInt64Value();
  }

  private List<List<Value>> ask(String sql, Table target) {
    Scope scope = scope(sql);
    add(scope, List.of(TARGET), target, true);
    return run(sql, scope).rows;
  }

  private static int place(Table target, String name) {
    for (int i = 0; i < target.columns.size(); i++) {
      if (target.columns.get(i).name.equalsIgnoreCase(name)) return i;
    }
    throw new Refusal("invalidQuery", "Unrecognized name: " + name);
  }

  private static String cast(Table target, int place, String expression) {
    return "cast((" + expression + "\n) as " + target.columns.get(place).sql + ")";
  }

  private static List<Integer> places(Table target, List<String> names) {
    List<Integer> places = new ArrayList<>();
    if (names.isEmpty()) {
      for (int i = 0; i < target.columns.size(); i++) places.add(i);
    }
    for (String name : names) places.add(place(target, name));
    return places;
  }

  private static List<Value> whole(Table target, List<Integer> places, List<Value> given) {
    List<Value> row = new ArrayList<>();
    for (Column column : target.columns) row.add(Value.createNullValue(column.type));
    for (int i = 0; i < places.size(); i++) row.set(places.get(i), given.get(i));
    return row;
  }

  private void insert(Words words, int at, Table target, Change change) {
    List<String> names = new ArrayList<>();
    if (words.is(at, "(") && !words.is(at + 1, "select", "with", "(")) {
      for (String name : words.split(at + 1, words.close(at))) names.add(name.trim().replace("`", ""));
      at = words.close(at) + 1;
    }
    List<Integer> places = places(target, names);
    String query = words.from(at);
    if (words.is(at, "values")) {
      StringBuilder rows = new StringBuilder();
      for (int open = at + 1; words.is(open, "("); open = words.close(open) + 2) {
        rows.append(rows.length() == 0 ? "" : " union all ").append("select ");
        List<String> values = words.split(open + 1, words.close(open));
        for (int i = 0; i < values.size(); i++) rows.append(i == 0 ? "" : ", ").append(cast(target, places.get(i), values.get(i))).append(" as c" + i);
      }
      query = rows.toString();
    }
    Table result = run(query);
    // What is assigned takes the column's type.
    StringBuilder casts = new StringBuilder();
    Table numbered = new Table();
    for (int i = 0; i < places.size(); i++) {
      numbered.columns.add(column("c" + i, result.columns.get(i).type));
      casts.append(i == 0 ? "" : ", ").append(cast(target, places.get(i), "c" + i)).append(" as v" + i);
    }
    numbered.rows = result.rows;
    for (List<Value> row : ask("select " + casts + " from " + TARGET + " order by " + ROW, numbered)) change.inserts.add(whole(target, places, row));
  }

  private String assignments(Words words, int begin, int end, Table target, List<Integer> places) {
    StringBuilder values = new StringBuilder();
    for (String assignment : words.split(begin, end)) {
      Words parts = new Words(assignment);
      int equals = parts.find(0, "=");
      List<String> path = new ArrayList<>();
      parts.path(0, path);
      int place = place(target, path.get(path.size() - 1));
      places.add(place);
      values.append(", ").append(cast(target, place, parts.from(equals + 1))).append(" as v" + places.size());
    }
    return values.toString();
  }

  private void update(Words words, int at, Table target, String from, String alias, Change change) {
    int where = words.find(at, "where");
    int more = words.find(at, "from");
    int end = more > 0 ? more : where;
    List<Integer> places = new ArrayList<>();
    String values = assignments(words, at + 1, end, target, places);
    String joined = more > 0 ? " cross join " + words.text(more + 1, where) : "";
    String sql = "select " + quoted(alias) + "." + ROW + values + " from " + from + joined + " " + words.from(where);
    updated(ask(sql, target), places, change);
  }

  private static void updated(List<List<Value>> rows, List<Integer> places, Change change) {
    for (List<Value> row : rows) {
      Map<Integer, Value> values = new LinkedHashMap<>();
      for (int i = 0; i < places.size(); i++) values.put(places.get(i), row.get(i + 1));
      touched(change, number(row));
      change.updates.put(number(row), values);
    }
  }

  private static void touched(Change change, int row) {
    if (change.updates.containsKey(row) || change.deletes.contains(row)) {
      throw new Refusal("invalidQuery", "UPDATE/MERGE must match at most one source row for each target row");
    }
  }

  private void merge(Words words, int at, Table target, String from, String alias, Change change) {
    int on = words.find(at, "on");
    String source = words.text(at + 1, on);
    List<Integer> whens = new ArrayList<>();
    for (int when = words.find(on, "when"); when >= 0; when = words.find(when + 1, "when")) whens.add(when);
    String condition = words.text(on + 1, whens.get(0));
    String row = quoted(alias) + "." + ROW;
    // A row is for the first clause of its kind that takes it.
    Map<String, String> passed = new LinkedHashMap<>();
    for (int i = 0; i < whens.size(); i++) {
      int end = i + 1 < whens.size() ? whens.get(i + 1) : words.size();
      int then = words.find(whens.get(i), "then");
      int next = whens.get(i) + 1;
      boolean not = words.is(next, "not");
      if (not) next++;
      next++;
      boolean bySource = words.is(next, "by") && words.is(next + 1, "source");
      if (words.is(next, "by")) next += 2;
      String own = words.is(next, "and") ? "(" + words.text(next + 1, then) + "\n)" : "true";
      String kind = !not ? "matched" : bySource ? "by source" : "by target";
      String taken = own + passed.getOrDefault(kind, "");
      passed.merge(kind, " and (" + own + ") is not true", (a, b) -> a + b);
      String rows;
      if (kind.equals("matched")) rows = " from " + from + " join " + source + " on " + condition + "\n where " + taken;
      else if (bySource) rows = " from " + from + " where not exists (select 1 from " + source + " where " + condition + "\n) and " + taken;
      else rows = " from " + source + " left join " + from + " on " + condition + "\n where " + row + " is null and " + taken;
      if (words.is(then + 1, "delete")) {
        for (List<Value> found : ask("select " + row + rows, target)) {
          touched(change, number(found));
          change.deletes.add(number(found));
        }
      } else if (words.is(then + 1, "update")) {
        List<Integer> places = new ArrayList<>();
        String values = assignments(words, then + 3, end, target, places);
        updated(ask("select " + row + values + rows, target), places, change);
      } else {
        List<String> names = new ArrayList<>();
        int open = then + 2;
        if (words.is(open, "(")) {
          for (String name : words.split(open + 1, words.close(open))) names.add(name.trim().replace("`", ""));
          open = words.close(open) + 1;
        }
        if (!words.is(open, "values")) throw new Refusal("notImplemented", "this server does not know INSERT ROW");
        List<Integer> places = places(target, names);
        StringBuilder values = new StringBuilder();
        List<String> texts = words.split(open + 2, words.close(open + 1));
        for (int v = 0; v < texts.size(); v++) values.append(v == 0 ? "" : ", ").append(cast(target, places.get(v), texts.get(v))).append(" as v" + v);
        for (List<Value> found : ask("select " + values + rows, target)) change.inserts.add(whole(target, places, found));
      }
    }
  }

  private void apply(Table target, Change change, JsonObject answer) {
    JsonObject counts = new JsonObject();
    counts.addProperty("insertedRowCount", String.valueOf(change.inserts.size()));
    counts.addProperty("updatedRowCount", String.valueOf(change.updates.size()));
    counts.addProperty("deletedRowCount", String.valueOf(change.deletes.size()));
    answer.add("dml", counts);
    for (List<Value> row : change.inserts) {
      for (int i = 0; i < row.size(); i++) {
        if (target.columns.get(i).required && row.get(i).isNull()) {
          throw new Refusal("invalidQuery", "Required field " + target.columns.get(i).name + " cannot be null");
        }
      }
    }
    if (dryRun) return;
    List<List<Value>> rows = new ArrayList<>();
    for (int i = 0; i < target.rows.size(); i++) {
      if (change.deletes.contains(i)) continue;
      List<Value> row = new ArrayList<>(target.rows.get(i));
      change.updates.getOrDefault(i, Map.of()).forEach(row::set);
      rows.add(row);
    }
    rows.addAll(change.inserts);
    target.rows = rows;
  }

  // ---- answers

  private JsonObject catalogue(JsonObject answer) {
    JsonArray all = new JsonArray();
    datasets.forEach(
        (name, where) -> {
          JsonObject one = new JsonObject();
          one.addProperty("dataset", name);
          one.addProperty("location", where);
          all.add(one);
        });
    answer.add("datasets", all);
    JsonArray list = new JsonArray();
    tables.forEach(
        (key, table) -> {
          JsonObject one = new JsonObject();
          one.addProperty("table", key);
          one.addProperty("kind", table.view == null ? "TABLE" : "VIEW");
          one.addProperty("rows", String.valueOf(table.rows.size()));
          one.add("fields", Cells.fields(table.columns));
          list.add(one);
        });
    answer.add("tables", list);
    return answer;
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    System.setOut(System.err);
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    GoogleSql engine = new GoogleSql();
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(engine.answer(JsonParser.parseString(line).getAsJsonObject()));
      answers.flush();
    }
    Runtime.getRuntime().halt(0);
  }
}
