"""Checks SQL for Snowflake with two parsers of others, sqlglot and sqlfluff, and with lists of our own for what both take. See README.md.

Neither is Snowflake's own, so a statement must pass both, every function that it calls must be one of Snowflake's, and nothing in it may
be on the list of what both are known to take wrongly.
"""
import json
import logging
import os
import re

FOLDER = os.path.dirname(os.path.abspath(__file__))

# Of docs.snowflake.com, All functions (alphabetical), read 2026-11-30, those that a transformation may call.
FUNCTIONS = set(
    """ABS ADD_MONTHS ANY_VALUE APPROX_COUNT_DISTINCT ARRAY_AGG ARRAY_CONSTRUCT ARRAY_CONSTRUCT_COMPACT ARRAY_CONTAINS ARRAY_SIZE
    ARRAY_TO_STRING ASCII AVG BITAND BITOR BITXOR BOOLAND_AGG BOOLOR_AGG CEIL CHARINDEX CHR COALESCE CONCAT CONCAT_WS CONTAINS
    CONVERT_TIMEZONE COUNT COUNT_IF CUME_DIST CURRENT_DATE CURRENT_TIMESTAMP DATEADD DATEDIFF DATE_FROM_PARTS DATE_PART DATE_TRUNC DAY
    DAYOFMONTH DAYOFWEEK DAYOFWEEKISO DAYOFYEAR DECODE DENSE_RANK DIV0 ENDSWITH EQUAL_NULL EXP FIRST_VALUE FLATTEN FLOOR GENERATOR GET
    GET_PATH GREATEST GREATEST_IGNORE_NULLS GROUPING GROUPING_ID HASH HOUR IFF IFNULL INITCAP IS_ARRAY IS_OBJECT LAG LAST_DAY LAST_VALUE
    LEAD LEAST LEAST_IGNORE_NULLS LEFT LENGTH LISTAGG LN LOG LOWER LPAD LTRIM MAX MD5 MEDIAN MIN MINUTE MOD MONTH NTH_VALUE NTILE NULLIF
    NVL NVL2 OBJECT_CONSTRUCT OCTET_LENGTH PARSE_JSON PERCENTILE_CONT PERCENTILE_DISC PERCENT_RANK POSITION POWER QUARTER RANDOM RANK
    RATIO_TO_REPORT REGEXP_COUNT REGEXP_INSTR REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR REPEAT REPLACE REVERSE RIGHT ROUND ROW_NUMBER RPAD
    RTRIM SECOND SEQ4 SEQ8 SHA2 SIGN SPLIT SPLIT_PART SQRT STARTSWITH STDDEV STDDEV_POP STDDEV_SAMP STRTOK SUBSTR SUBSTRING SUM TO_ARRAY
    TO_BINARY TO_BOOLEAN TO_CHAR TO_DATE TO_DECIMAL TO_DOUBLE TO_JSON TO_NUMBER TO_TIME TO_TIMESTAMP_LTZ TO_TIMESTAMP_NTZ
    TO_TIMESTAMP_TZ TO_VARCHAR TO_VARIANT TRANSLATE TRIM TRUNC TRY_CAST TRY_PARSE_JSON TRY_TO_DATE TRY_TO_NUMBER TRY_TO_TIMESTAMP_NTZ
    TYPEOF UNICODE UNIFORM UPPER UUID_STRING VARIANCE VAR_POP VAR_SAMP WEEKISO YEAR YEAROFWEEKISO""".split()
)
# What may stand before a bracket and is no function.
WORDS = set(
    """ALL AND ANY AS BETWEEN BINARY BY CASE CAST CHAR CLUSTER CUBE DECIMAL DISTINCT ELSE EXCEPT EXISTS EXTRACT FROM GROUP HAVING IN INSERT
    INTERSECT INTO JOIN KEY LATERAL LIKE LIMIT MINUS NOT NUMBER NUMERIC ON OR OVER PIVOT ROLLUP SELECT SETS TABLE THEN TIME TIMESTAMP_LTZ
    TIMESTAMP_NTZ TIMESTAMP_TZ TOP UNION UNPIVOT USING VALUES VARCHAR WHEN WHERE WITH""".split()
)

TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|//[^\n]*|/\*.*?\*/)
      |(?P<text>'(?:[^'\\]|''|\\.)*'|\$\$.*?\$\$)
      |(?P<name>"(?:[^"]|"")*")""",
    re.DOTALL | re.VERBOSE,
)
CALL = re.compile(r"(?<![\w.$\"])([A-Za-z_]\w*)\s*\(")


class Refused(Exception):
    def __init__(self, message, line=None, column=None):
        super().__init__(message)
        self.line = line
        self.column = column


class SnowflakeChecker:
    def __init__(self):
        import sqlfluff.core as sqlfluff
        import sqlglot

        logging.disable(logging.CRITICAL)
        self._sqlglot = sqlglot
        self._sqlfluff = sqlfluff.Linter(config=sqlfluff.FluffConfig(overrides={"dialect": "snowflake", "large_file_skip_byte_limit": 0}))
        with open(os.path.join(FOLDER, "snowflake_denied.jsonl"), encoding="utf-8") as file:
            self._denied = [json.loads(line) for line in file]
        self._known = {}

    def check(self, request):
        if request.get("translate"):
            return self._translated(request)
        # sqlfluff takes its time.
        if request["sql"] not in self._known:
            self._known[request["sql"]] = self._judged(request["sql"])
        return self._known[request["sql"]]

    def self_test(self):
        """What is wrong with the list: each statement of it must be taken by both parsers and refused here, and its like must not be."""
        for entry in self._denied:
            try:
                self._parsed(entry["wrong"])
            except Refused as refused:
                yield f"a parser refuses it by itself, so it need not be on the list: {entry['wrong']}\n  {refused}"
            if self.check({"sql": entry["wrong"]})["ok"]:
                yield f"taken: {entry['wrong']}"
            right = self.check({"sql": entry["right"]})
            if not right["ok"]:
                yield f"refused: {entry['right']}\n  {right['message']}"

    def _judged(self, sql):
        try:
            kind = self._parsed(sql)
            self._search(sql)
            return {"ok": True, "statement": kind}
        except Refused as refused:
            answer = {"ok": False, "message": str(refused)}
            if refused.line is not None:
                answer.update(line=refused.line, column=refused.column)
            return answer

    def _parsed(self, sql):
        """The kind of the last statement, where both parsers take all of them."""
        for violation in self._sqlfluff.parse_string(sql).violations:
            raise Refused(f"sqlfluff: {violation.desc()}", violation.line_no, violation.line_pos)
        try:
            statements = [one for one in self._sqlglot.parse(sql, read="snowflake") if one is not None]
        except self._sqlglot.errors.SqlglotError as error:
            raise Refused(f"sqlglot: {error}") from error
        if not statements:
            raise Refused("there is no statement")
        for one in statements:
            if one.find(self._sqlglot.exp.Command):
                raise Refused(f"sqlglot has not parsed it: {one.sql('snowflake')[:60]}")
        return kind(self._sqlglot, statements[-1])

    def _search(self, sql):
        code = without_texts(sql)
        for call in CALL.finditer(code):
            word = call.group(1).upper()
            if word not in FUNCTIONS and word not in WORDS:
                raise Refused(f"{call.group(1)} is no function of Snowflake that is known here", *position(code, call.start(1)))
        for entry in self._denied:
            found = re.search(entry["pattern"], code, re.IGNORECASE)
            if found:
                raise Refused(entry["why"], *position(code, found.start()))

    def _translated(self, request):
        errors = self._sqlglot.errors
        try:
            statement = self._with_types(self._sqlglot.parse_one(request["sql"], read="snowflake"), request.get("schema", ""))
            return {"ok": True, "sql": self._written(statement, request["translate"])}
        except errors.SqlglotError as error:
            return {"ok": False, "message": str(error)}

    def _written(self, statement, dialect):
        levels = self._sqlglot.errors.ErrorLevel
        try:
            return statement.sql(dialect, unsupported_level=levels.RAISE)
        except self._sqlglot.errors.UnsupportedError as error:
            # What may differ is what the caller asks about.
            if not all("may produce different results" in one for one in str(error).split("\n\n")):
                raise
            return statement.sql(dialect, unsupported_level=levels.IGNORE)

    def _with_types(self, statement, schema):
        """sqlglot tells the formats of dates from those of numbers where it knows a type while it parses: here that of columns comes later."""
        from sqlglot.dialects.snowflake import Snowflake
        from sqlglot.optimizer.annotate_types import annotate_types
        from sqlglot.schema import MappingSchema

        exp = self._sqlglot.exp
        known = MappingSchema(dialect="snowflake", normalize=False)
        for made in self._sqlglot.parse(schema, read="snowflake"):
            known.add_table(made.this.this, {column.name: column.kind for column in made.find_all(exp.ColumnDef)})
        statement = annotate_types(statement, schema=known, dialect="snowflake")
        for text in list(statement.find_all(exp.ToChar)):
            if text.args.get("format") and text.this.is_type(*exp.DataType.TEMPORAL_TYPES):
                text.replace(exp.TimeToStr(this=text.this, format=Snowflake.format_time(text.args["format"])))
        return statement


def kind(sqlglot, statement):
    """"Select", "CreateTable", "DropView", "Alter"."""
    if isinstance(statement, sqlglot.exp.Query):
        return "Select"
    name = type(statement).__name__
    return name + statement.args["kind"].capitalize() if name in ("Create", "Drop") else name


def without_texts(sql):
    """The code alone, of the same length: comments are blank, and what stands between quotes is but x."""
    def blank(match):
        text = match.group(0)
        if match.lastgroup == "comment":
            return re.sub(r"[^\n]", " ", text)
        quote = '"' if match.lastgroup == "name" else "'"
        return quote + re.sub(r"[^\n]", "x", text[1:-1]) + quote
    return TOKEN.sub(blank, sql)


def position(sql, at):
    return sql.count("\n", 0, at) + 1, at - sql.rfind("\n", 0, at)
