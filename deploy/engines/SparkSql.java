import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Spark with Delta that is asked line by line: one JSON object for a statement, one for its answer, in the same order.
 *
 * <pre>
 * {"sql": "select 1 as a"}                   {"ok": true, "columns": [{"name": "a", "type": "int"}], "rows": [["1"]]}
 * {"sql": "select b", "plan_only": true}     {"ok": false, "message": "...", "sqlstate": "42703"}
 * </pre>
 *
 * Cells are texts as PostgreSQL shows them, or null. With plan_only a query is analysed and planned, and not run.
 *
 * What has an id is asked in a session of its own beside everything else, and its answer, with the id, comes when it is there:
 *
 * <pre>
 * {"id": "7", "sql": "...", "catalog": "c", "schema": "s", "most_rows": 10}   cells as Databricks' REST API has them; commits are marked "7"
 * {"cancel": "7"}                            stops it where it has not ended; answers nothing
 * {"id": "8", "table": "s.t"}                {"id": "8", "ok": true, "view": false, "columns": [{..., "nullable": true}]}
 * </pre>
 */
public final class SparkSql {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter MOMENT =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  private static final DateTimeFormatter REST_MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");

  public static void main(String[] arguments) throws Exception {
    PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    System.setOut(System.err);
    SparkSession spark = start(arguments[0]);
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      ObjectNode request = JSON.readTree(line).deepCopy();
      if (request.has("cancel")) {
        spark.sparkContext().cancelJobGroupAndFutureJobs(request.path("cancel").asText());
      } else if (request.has("id")) {
        new Thread(() -> write(answers, answerBeside(spark, request))).start();
      } else {
        write(answers, answer(spark, request));
      }
    }
    // Nothing in it has to outlive it, and a shutdown in good order takes seconds.
    Runtime.getRuntime().halt(0);
  }

  private static void write(PrintStream answers, ObjectNode answer) {
    try {
      String line = JSON.writeValueAsString(answer);
      synchronized (answers) {
        answers.println(line);
        answers.flush();
      }
    } catch (Exception problem) {
      throw new IllegalStateException(problem);
    }
  }

  private static SparkSession start(String folder) {
    // What tests ask is small, and compiling it would take longer than computing it.
    boolean isLarge = System.getenv().containsKey("PENSTOCK_SPARK_LARGE");
    String cores = System.getenv().getOrDefault("PENSTOCK_SPARK_CORES", "1");
    return SparkSession.builder()
        .master("local[" + cores + "]")
        .appName("penstock")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", folder + "/local")
        .config("spark.sql.warehouse.dir", folder + "/warehouse")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.sources.default", "delta")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.datetime.java8API.enabled", "true")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "2")
        .config("spark.sql.codegen.wholeStage", String.valueOf(isLarge))
        .config("spark.sql.codegen.factoryMode", isLarge ? "FALLBACK" : "NO_CODEGEN")
        .getOrCreate();
  }

  private static ObjectNode answerBeside(SparkSession spark, ObjectNode request) {
    String id = request.path("id").asText();
    ObjectNode answer = JSON.createObjectNode().put("id", id);
    try {
      SparkSession session = spark.newSession();
      if (request.has("table")) {
        String name = request.path("table").asText();
        answer.put("view", session.catalog().getTable(name).tableType().equals("VIEW"));
        addColumns(answer, session.table(name).schema(), true);
        return answer.put("ok", true);
      }
      spark.sparkContext().setJobGroup(id, id, true);
      session.conf().set("spark.databricks.delta.commitInfo.userMetadata", id);
      if (request.has("catalog")) session.sql("use " + quoted(request.path("catalog").asText()));
      if (request.has("schema")) session.sql("use " + quoted(request.path("schema").asText()));
      Dataset<Row> result = session.sql(request.path("sql").asText());
      addColumns(answer, result.schema(), false);
      long most = request.path("most_rows").asLong(Integer.MAX_VALUE - 1);
      List<Row> rows = most == 0 ? List.of() : result.limit((int) most + 1).collectAsList();
      answer.put("truncated", rows.size() > most);
      ArrayNode lines = answer.putArray("rows");
      for (Row row : rows.subList(0, (int) Math.min(most, rows.size()))) {
        ArrayNode cells = lines.addArray();
        for (int i = 0; i < row.length(); i++) cells.add(row.isNullAt(i) ? null : restText(row, i));
      }
      return answer.put("ok", true);
    } catch (Throwable problem) {
      return fault(problem).put("id", id);
    }
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  private static void addColumns(ObjectNode answer, StructType schema, boolean withNullable) {
    ArrayNode columns = answer.putArray("columns");
    for (StructField field : schema.fields()) {
      ObjectNode column = columns.addObject().put("name", field.name()).put("type", field.dataType().simpleString());
      if (withNullable) column.put("nullable", field.nullable());
    }
  }

  /** As the JSON_ARRAY format of the Statement Execution API: moments in ISO 8601 with milliseconds, bytes in base64, nested values as JSON. */
  private static String restText(Row row, int i) throws Exception {
    Object value = row.get(i);
    if (value instanceof BigDecimal) return ((BigDecimal) value).toPlainString();
    if (value instanceof byte[]) return Base64.getEncoder().encodeToString((byte[]) value);
    if (value instanceof Instant) return REST_MOMENT.format(LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC)) + "Z";
    if (value instanceof LocalDateTime) return REST_MOMENT.format((LocalDateTime) value);
    DataType type = row.schema().fields()[i].dataType();
    boolean isNested = type instanceof ArrayType || type instanceof MapType || type instanceof StructType;
    return isNested ? JSON.readTree(row.json()).path(row.schema().fields()[i].name()).toString() : value.toString();
  }

  private static ObjectNode fault(Throwable problem) {
    ObjectNode answer = JSON.createObjectNode().put("ok", false).put("message", String.valueOf(problem.getMessage()));
    String state = state(problem);
    if (state != null) answer.put("sqlstate", state);
    return answer;
  }

  private static ObjectNode answer(SparkSession spark, ObjectNode request) {
    ObjectNode answer = JSON.createObjectNode();
    try {
      Dataset<Row> result = spark.sql(request.path("sql").asText());
      answer.put("ok", true);
      addColumns(answer, result.schema(), false);
      if (request.path("plan_only").asBoolean()) {
        result.queryExecution().executedPlan();
        return answer;
      }
      ArrayNode rows = answer.putArray("rows");
      for (Row row : result.collectAsList()) {
        ArrayNode cells = rows.addArray();
        for (int i = 0; i < row.length(); i++) cells.add(row.isNullAt(i) ? null : text(row.get(i)));
      }
    } catch (Throwable problem) {
      return fault(problem);
    }
    return answer;
  }

  private static String state(Throwable problem) {
    for (Throwable one = problem; one != null; one = one.getCause()) {
      if (one instanceof SparkThrowable && ((SparkThrowable) one).getSqlState() != null) return ((SparkThrowable) one).getSqlState();
    }
    return null;
  }

  private static String text(Object value) {
    if (value instanceof Double || value instanceof Float) return number(value.toString());
    if (value instanceof BigDecimal) return ((BigDecimal) value).toPlainString();
    if (value instanceof LocalDateTime) return MOMENT.format((LocalDateTime) value);
    if (value instanceof Instant) return MOMENT.format(LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC)) + "+00";
    if (value instanceof byte[]) return "\\x" + HexFormat.of().formatHex((byte[]) value);
    return value.toString();
  }

  /** The same digits, where the exponent stands as in PostgreSQL. */
  private static String number(String digits) {
    if (digits.equals("NaN") || digits.endsWith("Infinity")) return digits;
    BigDecimal number = new BigDecimal(digits).stripTrailingZeros();
    if (number.signum() == 0) return "0";
    int exponent = number.precision() - number.scale() - 1;
    if (exponent >= -4 && exponent < 15) return number.toPlainString();
    String mantissa = number.movePointLeft(exponent).toPlainString();
    return mantissa + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
  }
}
