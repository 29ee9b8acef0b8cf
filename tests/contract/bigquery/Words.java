import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The words of a statement that the resolver has accepted, so that it can be taken apart. */
final class Words {
  private static final class Word {
    int begin;
    int end;
    int depth; // Of brackets, and of CASE ... END.
    String text; // In lower case; of a name in backticks the name.
    boolean quoted;
  }

  private final String sql;
  private final List<Word> words = new ArrayList<>();

  Words(String sql) {
    this.sql = sql;
    int depth = 0;
    for (int at = 0; at < sql.length(); ) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (sql.startsWith("--", at) || c == '#') {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
      } else if (sql.startsWith("/*", at)) {
        at = sql.indexOf("*/", at) + 2;
      } else {
        Word word = new Word();
        word.begin = at;
        at = end(at);
        word.end = at;
        word.quoted = c == '`';
        String text = sql.substring(word.begin, word.end);
        word.text = word.quoted ? text.substring(1, text.length() - 1) : text.toLowerCase(Locale.ROOT);
        boolean closes = !word.quoted && (word.text.equals(")") || word.text.equals("]") || word.text.equals("end"));
        if (closes) depth--;
        word.depth = depth;
        boolean opens = !word.quoted && (word.text.equals("(") || word.text.equals("[") || word.text.equals("case"));
        if (opens) depth++;
        words.add(word);
      }
    }
  }

  private int end(int at) {
    char c = sql.charAt(at);
    if (c == '\'' || c == '"' || c == '`') {
      String mark = String.valueOf(c);
      if (c != '`' && sql.startsWith(mark + mark + mark, at)) mark = mark + mark + mark;
      int next = at + mark.length();
      while (!sql.startsWith(mark, next)) next += sql.charAt(next) == '\\' ? 2 : 1;
      return next + mark.length();
    }
    if (!Character.isLetterOrDigit(c) && c != '_') return at + 1;
    int next = at;
    while (next < sql.length() && (Character.isLetterOrDigit(sql.charAt(next)) || sql.charAt(next) == '_')) next++;
    return next;
  }

  int size() {
    return words.size();
  }

  String word(int at) {
    return words.get(at).text;
  }

  boolean is(int at, String... texts) {
    if (at < 0 || at >= words.size() || words.get(at).quoted) return false;
    return List.of(texts).contains(words.get(at).text);
  }

  boolean isName(int at) {
    return at < words.size() && (words.get(at).quoted || Character.isLetter(words.get(at).text.charAt(0)) || words.get(at).text.startsWith("_"));
  }

  String name(int at) {
    Word word = words.get(at);
    return word.quoted ? word.text : sql.substring(word.begin, word.end);
  }

  /** The next such word outside of brackets, or -1. */
  int find(int from, String text) {
    for (int i = Math.max(from, 0); i < words.size(); i++) {
      if (words.get(i).depth == 0 && is(i, text)) return i;
    }
    return -1;
  }

  int close(int open) {
    for (int i = open + 1; i < words.size(); i++) {
      if (words.get(i).depth == words.get(open).depth) return i;
    }
    throw new IllegalStateException("a bracket stays open");
  }

  int path(int at, List<String> path) {
    path.add(name(at++));
    while (is(at, ".")) {
      path.add(name(at + 1));
      at += 2;
    }
    return at;
  }

  /** The text with each table's path as one name, which is what the root knows it by; its last part stays what columns are called by. */
  String inRoot(List<List<String>> paths) {
    StringBuilder out = new StringBuilder();
    int done = 0;
    for (int i = 0; i < words.size(); i++) {
      List<String> path = new ArrayList<>();
      if (!isName(i) || is(i - 1, ".") || !is(i + 1, ".")) continue;
      int after = path(i, path);
      if (paths.stream().noneMatch(known -> String.join(".", known).equalsIgnoreCase(String.join(".", path)))) continue;
      boolean named = is(after, "as") || (isName(after) && !is(after, FOLLOWERS));
      out.append(sql, done, words.get(i).begin).append(GoogleSql.quoted(String.join(".", path)));
      if (!named) out.append(" as ").append(GoogleSql.quoted(path.get(path.size() - 1)));
      done = words.get(after - 1).end;
      i = after - 1;
    }
    return out + sql.substring(done);
  }

  private static final String[] FOLLOWERS = {
    "where", "join", "left", "right", "full", "inner", "cross", "on", "using", "group", "order", "having", "limit", "union", "except",
    "intersect", "qualify", "window", "for", "tablesample", "pivot", "unpivot"
  };

  String text(int begin, int end) {
    if (begin >= end) return "";
    return sql.substring(words.get(begin).begin, end < words.size() ? words.get(end).begin : sql.length());
  }

  String from(int begin) {
    return begin < words.size() ? sql.substring(words.get(begin).begin) : "";
  }

  /** What commas part between two words. */
  List<String> split(int begin, int end) {
    List<String> parts = new ArrayList<>();
    int depth = words.get(begin).depth;
    int from = begin;
    for (int i = begin; i < end; i++) {
      if (words.get(i).depth != depth || !is(i, ",")) continue;
      parts.add(text(from, i));
      from = i + 1;
    }
    parts.add(text(from, end));
    return parts;
  }
}
