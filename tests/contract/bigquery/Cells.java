import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.zetasql.StructType;
import com.google.zetasql.Type;
import com.google.zetasql.Value;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Columns and rows as the API writes them; timestamps in microseconds. */
final class Cells {
  static JsonArray fields(List<GoogleSql.Column> columns) {
    JsonArray fields = new JsonArray();
    for (GoogleSql.Column column : columns) {
      JsonObject field = field(column.name, column.type);
      if (column.required) field.addProperty("mode", "REQUIRED");
      Matcher parameters = Pattern.compile(".*\\((\\d+)(?:,(\\d+))?\\)").matcher(column.sql);
      if (column.type.isSimpleType() && parameters.matches()) {
        boolean length = column.type.isString() || column.type.isBytes();
        field.addProperty(length ? "maxLength" : "precision", parameters.group(1));
        if (parameters.group(2) != null) field.addProperty("scale", parameters.group(2));
      }
      fields.add(field);
    }
    return fields;
  }

  private static JsonObject field(String name, Type type) {
    JsonObject field = new JsonObject();
    field.addProperty("name", name);
    Type element = type.isArray() ? type.asArray().getElementType() : type;
    String word = element.isStruct() ? "RECORD" : GoogleSql.spelt(element);
    field.addProperty("type", word.equals("INT64") ? "INTEGER" : word.equals("FLOAT64") ? "FLOAT" : word.equals("BOOL") ? "BOOLEAN" : word);
    field.addProperty("mode", type.isArray() ? "REPEATED" : "NULLABLE");
    if (element.isStruct()) {
      JsonArray parts = new JsonArray();
      for (StructType.StructField part : element.asStruct().getFieldList()) parts.add(field(part.getName(), part.getType()));
      field.add("fields", parts);
    }
    return field;
  }

  static JsonArray rows(GoogleSql.Table table) {
    JsonArray rows = new JsonArray();
    for (List<Value> row : table.rows) {
      JsonArray cells = new JsonArray();
      for (Value value : row) cells.add(cell(value));
      JsonObject line = new JsonObject();
      line.add("f", cells);
      rows.add(line);
    }
    return rows;
  }

  private static JsonObject cell(Value value) {
    JsonObject cell = new JsonObject();
    cell.add("v", content(value));
    return cell;
  }

  private static JsonElement content(Value value) {
    Type type = value.getType();
    if (type.isArray()) {
      JsonArray list = new JsonArray();
      if (!value.isNull()) value.getElementList().forEach(element -> list.add(cell(element)));
      return list;
    }
    if (value.isNull()) return JsonNull.INSTANCE;
    if (type.isStruct()) {
      JsonArray cells = new JsonArray();
      value.getFieldList().forEach(part -> cells.add(cell(part)));
      JsonObject structure = new JsonObject();
      structure.add("f", cells);
      return structure;
    }
    return new JsonPrimitive(text(value));
  }

  private static String text(Value value) {
    switch (value.getType().getKind()) {
      case TYPE_INT64:
        return String.valueOf(value.getInt64Value());
      case TYPE_BOOL:
        return String.valueOf(value.getBoolValue());
      case TYPE_DOUBLE:
        return String.valueOf(value.getDoubleValue());
      case TYPE_NUMERIC:
        return number(value.getNumericValue());
      case TYPE_BIGNUMERIC:
        return number(value.getBigNumericValue());
      case TYPE_BYTES:
        return Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray());
      case TYPE_DATE:
        return value.getLocalDateValue().toString();
      case TYPE_TIME:
        return moment(value.getLocalTimeValue());
      case TYPE_DATETIME:
        LocalDateTime moment = value.getLocalDateTimeValue();
        return moment.toLocalDate() + "T" + moment(moment.toLocalTime());
      case TYPE_TIMESTAMP:
        return String.valueOf(value.getTimestampUnixMicros());
      case TYPE_JSON:
        return value.getJsonValue();
      case TYPE_STRING:
        return value.getStringValue();
      default:
        return value.shortDebugString();
    }
  }

  private static String number(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  private static String moment(LocalTime time) {
    String text = String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    return time.getNano() == 0 ? text : text + String.format(".%06d", time.getNano() / 1000);
  }
}
