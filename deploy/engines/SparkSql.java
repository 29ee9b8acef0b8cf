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
import java.util.HexFormat;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/**
 * Spark with Delta that is asked line by line: one JSON object for a statement, one for its answer, in the same order.
 *
 * <pre>
 * {"sql": "select 1 as a"}                   {"ok": true, "columns": [{"name": "a", "type": "int"}], "rows": [["1"]]}
 * {"sql": "select b", "plan_only": true}     {"ok": false, "message": "...", "sqlstate": "42703"}
 * </pre>
 *
 * Cells are texts as PostgreSQL shows them, or null. With plan_only a query is analysed and planned, and not run.
 */
public final class SparkSql {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter MOMENT =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  public static void main(String[] arguments) throws Exception {
    PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    System.setOut(System.err);
    SparkSession spark = start(arguments[0]);
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(JSON.writeValueAsString(answer(spark, JSON.readTree(line).deepCopy())));
      answers.flush();
    }
    // Nothing in it has to outlive it, and a shutdown in good order takes seconds.
    Runtime.getRuntime().halt(0);
  }

  private static SparkSession start(String folder) {
    return SparkSession.builder()
        .master("local[1]")
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
        // What is asked is small, and compiling it would take longer than computing it.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate();
  }

  private static ObjectNode answer(SparkSession spark, ObjectNode request) {
    ObjectNode answer = JSON.createObjectNode();
    try {
      Dataset<Row> result = spark.sql(request.path("sql").asText());
      answer.put("ok", true);
      ArrayNode columns = answer.putArray("columns");
      for (StructField field : result.schema().fields()) {
        columns.addObject().put("name", field.name()).put("type", field.dataType().simpleString());
      }
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
      answer = JSON.createObjectNode().put("ok", false).put("message", String.valueOf(problem.getMessage()));
      String state = state(problem);
      if (state != null) answer.put("sqlstate", state);
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
