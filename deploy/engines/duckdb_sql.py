"""Runs SQL in DuckDB through its C library and prints the last statement's rows, if it has any, as tab-separated lines.

    duckdb_sql.py LIBRARY DATABASE SQL      DATABASE may be :memory:, SQL may be - for standard input
"""
import ctypes
import sys


QUERY_RESULT = 3  # of duckdb_result_type; the others count changed rows, or hold nothing


class Result(ctypes.Structure):
    # duckdb_result of duckdb.h, C API 1.x
    _fields_ = [(name, ctypes.c_uint64) for name in ("column_count", "row_count", "rows_changed")] + [
        (name, ctypes.c_void_p) for name in ("columns", "error_message", "internal_data")
    ]


def main(library, database, sql):
    duck = ctypes.CDLL(library)
    duck.duckdb_result_error.restype = ctypes.c_char_p
    duck.duckdb_value_varchar.restype = ctypes.c_void_p
    duck.duckdb_value_varchar.argtypes = [ctypes.POINTER(Result), ctypes.c_uint64, ctypes.c_uint64]
    for counted in (duck.duckdb_column_count, duck.duckdb_row_count):
        counted.restype = ctypes.c_uint64
    duck.duckdb_result_return_type.argtypes = [Result]
    duck.duckdb_free.argtypes = [ctypes.c_void_p]

    db, connection, result = ctypes.c_void_p(), ctypes.c_void_p(), Result()
    problem = ctypes.c_char_p()
    if duck.duckdb_open_ext(database.encode(), ctypes.byref(db), None, ctypes.byref(problem)) != 0:
        sys.exit(f"cannot open {database}: {(problem.value or b'').decode()}")
    duck.duckdb_connect(db, ctypes.byref(connection))
    failed = duck.duckdb_query(connection, sql.encode(), ctypes.byref(result)) != 0
    if failed:
        message = duck.duckdb_result_error(ctypes.byref(result)).decode()
    elif duck.duckdb_result_return_type(result) == QUERY_RESULT:
        columns = duck.duckdb_column_count(ctypes.byref(result))
        for row in range(duck.duckdb_row_count(ctypes.byref(result))):
            print(*(value(duck, result, column, row) for column in range(columns)), sep="\t")
    duck.duckdb_destroy_result(ctypes.byref(result))
    duck.duckdb_disconnect(ctypes.byref(connection))
    duck.duckdb_close(ctypes.byref(db))
    if failed:
        sys.exit(message)


def value(duck, result, column, row):
    pointer = duck.duckdb_value_varchar(ctypes.byref(result), column, row)
    if not pointer:
        return ""
    text = ctypes.string_at(pointer).decode()
    duck.duckdb_free(pointer)
    return text


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.stdin.read() if sys.argv[3] == "-" else sys.argv[3])
