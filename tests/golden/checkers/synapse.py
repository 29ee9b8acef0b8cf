"""Checks T-SQL for a Synapse dedicated SQL pool with Microsoft's own parser, ScriptDom 15.0. See README.md.

The parser is SQL Server's: it lacks Synapse's own clauses, and takes much that Synapse refuses. So the clauses are recognised here and
blanked out before it reads the rest, and the tree that it returns is searched for what it should not have taken.
"""
import json
import os
import re
import tempfile

from clr_loader import get_coreclr
from pythonnet import set_runtime

NAME = r"(?:\[(?:[^\]]|\]\])+\]|\"(?:[^\"]|\"\")+\"|[A-Za-z_#][\w@#$]*)"
TABLE = rf"{NAME}(?:\s*\.\s*{NAME}){{0,2}}"

# Clauses of Synapse that the parser does not know (learn.microsoft.com, CREATE TABLE AS SELECT and RENAME, read 2026-11-21).
COLUMNS = rf"\(\s*{NAME}(?:\s+(?:ASC|DESC))?(?:\s*,\s*{NAME}(?:\s+(?:ASC|DESC))?)*\s*\)"
TABLE_OPTION = re.compile(
    rf"""\s*(?:
      DISTRIBUTION\s*=\s*(?P<distribution>HASH\s*{COLUMNS}|ROUND_ROBIN|REPLICATE)
      |(?P<structure>HEAP|CLUSTERED\s+COLUMNSTORE\s+INDEX(?:\s+ORDER\s*{COLUMNS})?|CLUSTERED\s+INDEX\s*{COLUMNS})
      |(?P<partition>PARTITION\s*\(\s*{NAME}\s+RANGE(?:\s+(?:LEFT|RIGHT))?\s+FOR\s+VALUES\s*\((?:[^()']|'[^']*')*\)\s*\))
      )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
GUARD = re.compile(r"\s*IF\s+OBJECT_ID\s*\(\s*N?'(?:[^']|'')*'\s*,\s*N?'U'\s*\)\s+IS\s+(?:NOT\s+)?NULL(?=\s)", re.IGNORECASE)
CTAS = re.compile(rf"\s*CREATE\s+TABLE\s+(?P<name>{TABLE})\s*WITH\s*\(", re.IGNORECASE)
CTAS_AS = re.compile(r"\s*AS(?=[\s(])", re.IGNORECASE)
ORDERED = re.compile(rf"(?P<index>CLUSTERED\s+COLUMNSTORE\s+INDEX)(?P<order>\s+ORDER\s*{COLUMNS})(?=\s*[,)])", re.IGNORECASE)
RENAME = re.compile(rf"\s*RENAME\s+OBJECT\s+(?:::\s*)?{TABLE}\s+TO\s+{NAME}\s*;?\s*", re.IGNORECASE)
LABEL = re.compile(r"OPTION\s*\(\s*LABEL\s*=\s*N?'(?:[^']|'')*'\s*\)(?=\s*;?\s*$)", re.IGNORECASE)

# Functions that need no schema in front (learn.microsoft.com, T-SQL for Azure Synapse Analytics, read 2026-11-21). Others do not exist.
FUNCTIONS = set(
    """ABS ACOS APPROX_COUNT_DISTINCT ASCII ASIN ATAN ATN2 AVG BINARY_CHECKSUM CEILING CHAR CHARINDEX CHECKSUM CHECKSUM_AGG CHOOSE COL_LENGTH
    COL_NAME COLUMNPROPERTY CONCAT CONCAT_WS COS COT COUNT COUNT_BIG CUME_DIST DATABASEPROPERTYEX DATALENGTH DATEADD DATEDIFF DATEDIFF_BIG
    DATEFROMPARTS DATENAME DATEPART DATETIME2FROMPARTS DATETIMEFROMPARTS DATETIMEOFFSETFROMPARTS DAY DB_ID DB_NAME DEGREES
    DENSE_RANK DIFFERENCE EOMONTH ERROR_LINE ERROR_MESSAGE ERROR_NUMBER ERROR_PROCEDURE ERROR_SEVERITY ERROR_STATE EXP FIRST_VALUE FLOOR
    FORMAT GETDATE GETUTCDATE GROUPING GROUPING_ID HASHBYTES HAS_PERMS_BY_NAME IIF INDEXPROPERTY ISDATE ISJSON ISNULL ISNUMERIC
    JSON_MODIFY JSON_QUERY JSON_VALUE LAG LAST_VALUE LEAD LEFT LEN LOG LOG10 LOWER LTRIM MAX MIN MONTH NCHAR NEWID NTILE
    OBJECTPROPERTY OBJECT_ID OBJECT_NAME OBJECT_SCHEMA_NAME PATINDEX PERCENTILE_CONT PERCENTILE_DISC PERCENT_RANK PI POWER QUOTENAME
    RADIANS RAND RANK REPLACE REPLICATE REVERSE RIGHT ROUND ROW_NUMBER RTRIM SCHEMA_ID SCHEMA_NAME SESSION_ID SIGN SIN SMALLDATETIMEFROMPARTS
    SOUNDEX SPACE SQRT SQUARE STDEV STDEVP STR STRING_AGG STRING_ESCAPE STUFF SUBSTRING SUM SUSER_SNAME SWITCHOFFSET SYSDATETIME
    SYSDATETIMEOFFSET SYSUTCDATETIME TAN TIMEFROMPARTS TODATETIMEOFFSET TRANSLATE TRIM TYPE_ID TYPE_NAME UNICODE UPPER USER_NAME VAR VARP
    XACT_STATE YEAR""".split()
)
TABLE_FUNCTIONS = {"OPENJSON", "STRING_SPLIT"}
# Words of other dialects that this one reads as the name of a column.
NOT_COLUMNS = {"TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "INTERVAL"}


class Refused(Exception):
    def __init__(self, message, line=None, column=None):
        super().__init__(message)
        self.line = line
        self.column = column


class SynapseChecker:
    def __init__(self, packages):
        config = tempfile.NamedTemporaryFile("w", suffix=".runtimeconfig.json", delete=False)
        with config:
            json.dump({"runtimeOptions": {
                "tfm": "netcoreapp3.1",
                "framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"},
                "configProperties": {"System.Globalization.Invariant": True},
            }}, config)
        set_runtime(get_coreclr(runtime_config=config.name, dotnet_root=os.path.join(packages, "dotnetcore2", "bin")))
        import clr

        os.unlink(config.name)
        clr.AddReference(os.path.join(packages, "Microsoft.SqlServer.TransactSql.ScriptDom.dll"))
        from Microsoft.SqlServer.TransactSql import ScriptDom
        from System.IO import StringReader

        self._dom = ScriptDom
        self._reader = StringReader
        self._parser = ScriptDom.TSql150Parser(True)
        self._properties = {}

    def check(self, request):
        try:
            return {"ok": True, "statement": self._check(request["sql"])}
        except Refused as refused:
            answer = {"ok": False, "message": str(refused)}
            if refused.line is not None:
                answer.update(line=refused.line, column=refused.column)
            return answer

    def _check(self, sql):
        if RENAME.fullmatch(sql):
            return "RenameObjectStatement"
        plain = LABEL.sub(blank, sql)
        plain, wrapped = without_ctas(plain)
        plain = ORDERED.sub(lambda match: match["index"] + re.sub(r"[^\n]", " ", match["order"]), plain)
        fragment, errors = self._parser.Parse(self._reader(plain), None)
        for error in errors:
            raise Refused(error.Message, error.Line, error.Column)
        statements = [statement for batch in fragment.Batches for statement in batch.Statements]
        if not statements:
            raise Refused("there is no statement")
        if wrapped:
            made = statements[0].ThenStatement if kind(statements[0]) == "IfStatement" else statements[0]
            if len(statements) != 1 or kind(made) != "SelectStatement":
                raise Refused("CREATE TABLE AS takes one SELECT")
        self._search(fragment)
        outer = kind(statements[-1])
        return "CreateTableAsSelectStatement" if wrapped and outer == "SelectStatement" else outer

    def _search(self, fragment):
        """Refuses what the parser takes and Synapse does not."""
        pending = [fragment]
        while pending:
            node = pending.pop()
            problem = self._problem(node, kind(node))
            if problem:
                raise Refused(problem, node.StartLine, node.StartColumn)
            pending.extend(self._children(node))

    def _problem(self, node, name):
        if name == "ExecuteStatement" and not first_token(node).upper().startswith("EXEC"):
            return f"{first_token(node)} is no statement: it was taken for the call of a procedure"
        if name == "SelectScalarExpression" and node.ColumnName is not None and node.ColumnName.ValueExpression is not None:
            return "a string is no name of a column: typed literals do not exist"
        if name in ("UserDefinedTypePropertyAccess", "UserDefinedTypeCallTarget"):
            return ":: does not cast"
        if name == "OffsetClause":
            return "OFFSET and FETCH do not exist in a dedicated pool"
        if name in ("CreateOrAlterViewStatement", "CreateOrAlterProcedureStatement", "CreateOrAlterFunctionStatement"):
            return "CREATE OR ALTER does not exist in a dedicated pool"
        if name == "FunctionCall" and node.CallTarget is None and node.FunctionName.Value.upper() not in FUNCTIONS:
            return f"{node.FunctionName.Value} is no function of a dedicated pool"
        if name == "GlobalFunctionTableReference" and node.Name.Value.upper() not in TABLE_FUNCTIONS:
            return f"{node.Name.Value} is no table function of a dedicated pool"
        if name == "SchemaObjectFunctionTableReference" and node.SchemaObject.Count == 1:
            return f"{node.SchemaObject.BaseIdentifier.Value} is no table function of a dedicated pool"
        if name == "ColumnReferenceExpression" and node.MultiPartIdentifier is not None and node.MultiPartIdentifier.Count == 1:
            only = node.MultiPartIdentifier.Identifiers[0]
            if str(only.QuoteType) == "NotQuoted" and only.Value.upper() in NOT_COLUMNS:
                return f"{only.Value} is no value: it was taken for a column"
        return None

    def _children(self, node):
        for getter in self._getters(node):
            value = getter.GetValue(node, None)
            if value is None:
                continue
            if isinstance(value, self._dom.TSqlFragment):
                yield value
            else:
                for i in range(value.Count):
                    if isinstance(value[i], self._dom.TSqlFragment):
                        yield value[i]

    def _getters(self, node):
        """The properties of a node that hold further nodes: one, or a list."""
        dotnet_type = node.GetType()
        name = dotnet_type.FullName
        if name not in self._properties:
            self._properties[name] = [
                found for found in dotnet_type.GetProperties()
                if found.GetIndexParameters().Length == 0 and holds_nodes(found.PropertyType)
            ]
        return self._properties[name]


def holds_nodes(dotnet_type):
    if dotnet_type.IsGenericType and dotnet_type.Name.startswith("IList"):
        dotnet_type = dotnet_type.GetGenericArguments()[0]
    while dotnet_type is not None:
        if dotnet_type.Name == "TSqlFragment":
            return True
        dotnet_type = dotnet_type.BaseType
    return False


def kind(node):
    return node.GetType().Name


def first_token(node):
    return node.ScriptTokenStream[node.FirstTokenIndex].Text


def blank(match):
    """Spaces and line ends of the same length, so that positions stay true."""
    return re.sub(r"[^\n]", " ", match.group(0))


def without_ctas(sql):
    """The text with CREATE TABLE name WITH (...) AS blanked out, perhaps behind a guard, and whether it was there."""
    guard = GUARD.match(sql)
    begin = guard.end() if guard else 0
    start = CTAS.match(sql, begin)
    if not start:
        return sql, False
    seen = set()
    at = start.end()
    while True:
        option = TABLE_OPTION.match(sql, at)
        if not option:
            raise Refused("expected DISTRIBUTION, an index or PARTITION", *position(sql, at))
        if option.lastgroup in seen:
            raise Refused(f"{option.lastgroup} is given twice", *position(sql, at))
        seen.add(option.lastgroup)
        at = option.end()
        if sql[at:at + 1] == ")":
            break
        if sql[at:at + 1] != ",":
            raise Refused("expected , or ) in WITH", *position(sql, at))
        at += 1
    if "distribution" not in seen:
        raise Refused("CREATE TABLE AS needs DISTRIBUTION", *position(sql, at))
    end = CTAS_AS.match(sql, at + 1)
    if not end:
        return sql, False
    return sql[:begin] + re.sub(r"[^\n]", " ", sql[begin:end.end()]) + sql[end.end():], True


def position(sql, at):
    return sql.count("\n", 0, at) + 1, at - sql.rfind("\n", 0, at)
