"""What depends on a published table of PostgreSQL when its columns change: the project's own views are made again with it, in one transaction
and with all that they had; what is others' is named before anything changes. Nothing is ever dropped by CASCADE.

    dependants_test.py PENSTOCK

The server is the one that PGHOST and its kin name. Without it the test fails.
"""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ME = os.getpid()
S = f"dependants_{ME}"
READER, OTHER, PLAIN = f"reader_{ME}", f"other_{ME}", f"plain_{ME}"

NARROW = "select a, b from src"
WIDE = "select a::bigint as a, b, c from src"


class Test:
    def __init__(self, penstock):
        self.penstock = penstock
        self.folder = tempfile.mkdtemp(prefix="penstock-dependants-")
        os.makedirs(os.path.join(self.folder, "pipelines"))
        self.environment = {**os.environ, "NO_COLOR": "1", "PGOPTIONS": "-c client_min_messages=error"}
        url = "postgresql://{{}}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(**self.environment)
        self.write("penstock.yaml", "project: dependants\nconnections:\n"
                   f"  db: {{ type: postgres, url: \"{url.format(self.environment['PGUSER'])}\", password: \"env:PGPASSWORD\", schema: {S} }}\n"
                   f"  plain: {{ type: postgres, url: \"{url.format(PLAIN)}\", password: \"env:PGPASSWORD\", schema: {S} }}\n"
                   "environments:\n  test: { target: db }\n  plain: { target: plain }\n")
        self.failures = []
        self.looked_at = 0

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def pipeline(self, name, steps, sources="", more=""):
        text = f"pipeline: {name}\n{more}sources:\n  src: {{ table: {S}.src, columns: {{ a: int32, b: text, c: date }} }}\n{sources}steps:\n"
        for step, (sql, publish) in steps.items():
            text += f"  - name: {step}\n    sql: {sql}\n    publish: {publish}\n    retry: {{ attempts: 3, first_delay: 100ms }}\n"
        self.write(f"pipelines/{name}.yaml", text)

    def call(self, *arguments):
        return subprocess.run([self.penstock, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)

    def run(self, *arguments):
        done = self.call("run", *arguments)
        return done.returncode, done.stdout + done.stderr

    def must(self, *arguments):
        code, output = self.run(*arguments)
        self.expect(f"run {' '.join(arguments)}", code == 0, output)

    def sql(self, text, role=None):
        command = ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-F", " ", "-c", f"set search_path = {S}", *(["-c", f"set role {role}"] if role else []), "-c", text]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else "ERROR " + done.stderr.strip()

    def expect(self, what, holds, found=""):
        self.looked_at += 1
        if not holds:
            self.failures.append(f"{self.case}: {what}\n{found}")

    def same(self, what, found, wanted):
        self.expect(what, found == wanted, f"found  {found}\nwanted {wanted}")

    def fresh(self, views=True):
        """A table with views of two pipelines upon it, three deep."""
        self.sql(f"drop schema if exists {S} cascade; create schema {S}; grant usage, create on schema {S} to {READER}, {OTHER};"
                 f"create table {S}.src as select k as a, 'b' || k as b, date '2026-01-01' + k as c from generate_series(1, 3) k")
        shutil.rmtree(os.path.join(self.folder, "pipelines"))
        shutil.rmtree(os.path.join(self.folder, ".penstock"), ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "pipelines"))
        self.base(NARROW)
        if views:
            self.pipeline("over", {"second": ("select a from first", "view"), "third": ("select x.a, t.b from second as x join t on t.a = x.a", "view")},
                          f"  first: {{ table: {S}.first }}\n  t: {{ table: {S}.t }}\n")
        self.must("base")
        if views:
            self.must("over")

    def base(self, query, first="select a, b from t", publish="table"):
        self.pipeline("base", {"t": (query, publish), "first": (first, "view")})

    def shape(self):
        """Everything that a publish which was refused must leave as it was."""
        return self.sql("select string_agg(concat_ws('|', c.oid, c.relname, c.relowner, c.relacl, c.reloptions, c.relkind, "
                        "case c.relkind when 'v' then pg_get_viewdef(c.oid) end), e'\\n' order by c.relname) from pg_class c "
                        f"where c.relnamespace = '{S}'::regnamespace and c.relname not like 'penstock%'") + self.sql("select * from t order by 1")

    def refused(self, what, *named, more=()):
        before = self.shape()
        self.base(WIDE)
        plan = self.call("plan", "base.t", *more)
        for word in named:
            self.expect(f"the plan names {word}", word in plan.stdout, plan.stdout)
        code, output = self.run("base", "--step", "t", *more)
        self.expect(f"{what} is in the way", code != 0, output)
        for word in named:
            self.expect(f"the refusal names {word}", word in output, output)
        self.expect("nobody says CASCADE", "CASCADE" not in output.upper(), output)
        self.same("nothing has changed", self.shape(), before)

    # ---- the project's own

    def views_follow(self):
        self.fresh()
        self.sql("alter view second set (security_barrier = true); alter view third set (security_invoker = true); comment on view first is 'it''s first';"
                 f"comment on column first.a is 'the key'; grant select on first to {READER} with grant option; grant select on second to public;"
                 f"grant select (a) on third to {READER}; alter view second owner to {OTHER}; grant select on first to {OTHER}; grant select on t to {READER};"
                 "revoke delete on first from current_user; comment on table t is 'a table'; comment on column t.b is 'b of t'; alter table t set (fillfactor = 70)")
        kept = ("select c.relname, pg_get_userbyid(c.relowner), array_to_string(c.relacl, ','), c.reloptions, obj_description(c.oid, 'pg_class'), "
                "(select string_agg(concat_ws('=', attname, attacl, col_description(attrelid, attnum)), ';' order by attname) from pg_attribute "
                "where attrelid = c.oid and attnum > 0 and attname <> 'c') from pg_class c where c.oid in ('t'::regclass, 'first'::regclass, 'second'::regclass, 'third'::regclass) "
                "order by 1")
        before = self.sql(kept)
        self.base(WIDE)
        plan = self.call("plan", "base.t", "--sql")
        for view in ("first", "second", "third"):
            self.expect(f"the plan shows {view}", f'create or replace view "{S}"."{view}"' in plan.stdout, plan.stdout)
            self.expect(f"the plan tells of {view}", f"the view {S}.{view} is made again" in plan.stdout, plan.stdout)
        self.must("base", "--step", "t")
        self.same("owners, grants, options and comments", self.sql(kept), before)
        self.sql("update src set b = 'new'")
        self.sql("insert into src values (4, 'b4', '2026-02-02')")
        self.must("base", "--step", "t")
        self.same("they read the new table", self.sql("select count(*), count(distinct b) from third"), "4 2")
        self.same("with its types", self.sql("select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'third'::regclass and attname = 'a'"), "bigint")
        self.same("a reader still reads", self.sql("select count(*) from first", READER), "4")
        self.same("another owner's view still reads", self.sql("select count(*) from second", READER), "4")
        self.must("base")
        self.must("over")
        self.same("all of it after their own steps, too", self.sql(kept), before)

    def default_privileges_add_nothing(self):
        self.fresh()
        self.sql(f"alter default privileges in schema {S} grant select on tables to {READER}")
        self.base(WIDE)
        self.must("base", "--step", "t")
        for name in ("t", "first", "third"):
            self.same(f"nobody may read {name} who might not before", self.sql(f"select has_table_privilege('{READER}', '{name}', 'select')"), "f")

    def both_change_at_once(self):
        self.fresh(views=False)
        self.base("select a, c from src", first="select a, c from t")
        self.must("base")
        self.same("the view has the new column", self.sql("select max(c) from first"), "2026-01-04")

    def values_of_another_run_stay(self):
        self.fresh(views=False)
        self.pipeline("over", {"few": ("select a from t where a > :least", "view")}, f"  t: {{ table: {S}.t }}\n",
                      "parameters: { least: { type: int32, default: 0 } }\n")
        self.must("over", "--var", "least=2")
        self.base(WIDE)
        self.must("base")
        self.same("the value of its own run", self.sql("select string_agg(a::text, ',') from few"), "3")

    def what_does_not_compile_fails_whole(self):
        self.fresh(views=False)
        # What is native is believed, so only the server finds that it is not true.
        self.write("pipelines/over.yaml", f"pipeline: over\nsteps:\n  - name: third\n    native_sql: select b, a from {S}.t\n"
                   "    columns: { b: text, a: int32 }\n    publish: view\n")
        self.must("over")
        before = self.shape()
        self.base("select a, c from src", first="select a from t")
        code, output = self.run("base", "--step", "t")
        self.expect("it fails", code != 0, output)
        for word in (f"{S}.third", "b"):
            self.expect(f"it names {word}", word in output, output)
        self.same("nothing has changed", self.shape(), before)

    def columns_that_are_altered(self):
        self.fresh(views=False)
        self.base("select a, b, a as d from src", publish="{ as: merge, key: a, on_schema_change: sync }")
        self.must("base")
        self.sql(f"create view {S}.beside as select b from {S}.t")
        self.base("select a::bigint as a, b from src", first="select a from t", publish="{ as: merge, key: a, on_schema_change: sync }")
        self.must("base")
        self.same("the view follows the wider type", self.sql("select pg_typeof(a) from first limit 1"), "bigint")
        self.same("whoever reads other columns is left alone", self.sql("select count(*) from beside"), "3")
        self.sql(f"create view {S}.theirs as select a from {S}.t")
        self.base("select a::numeric(20) as a, b from src", first="select a from t", publish="{ as: merge, key: a, on_schema_change: sync }")
        code, output = self.run("base")
        self.expect("whoever reads this one is named", code != 0 and f"view {S}.theirs" in output, output)

    def a_view_that_loses_a_column(self):
        self.fresh()
        self.base(NARROW, first="select a from t")
        self.pipeline("over", {"second": ("select a from first", "view"), "third": ("select a from second", "view")}, f"  first: {{ table: {S}.first }}\n")
        self.must("base")
        self.same("the views upon it are there", self.sql("select count(*) from third"), "3")

    def a_table_becomes_a_view_and_back(self):
        self.fresh()
        self.sql(f"comment on table t is 'words'; grant select on t to {READER}")
        self.base("select a, b from src", publish="view")
        self.must("base", "--step", "t")
        self.same("readers read", self.sql("select count(*) from t", READER) + self.sql("select count(*) from third"), "33")
        self.base(WIDE)
        self.must("base", "--step", "t")
        self.same("readers read", self.sql("select count(*) from t", READER) + self.sql("select count(*) from third"), "33")

    # ---- others'

    def others_are_named(self):
        others = {
            "materialized view": (f"create materialized view {S}.m as select a from {S}.t; alter materialized view {S}.m owner to {OTHER}",
                                  f"materialized view {S}.m (owner {OTHER})"),
            "a view": (f"create view {S}.theirs as select a from {S}.third; alter view {S}.theirs owner to {OTHER}", f"view {S}.theirs (owner {OTHER})"),
            "a rule": (f"create rule r as on insert to {S}.src do also update {S}.t set b = b", f"rule r on {S}.src"),
            "a rule of the table": (f"create rule r as on delete to {S}.t do also notify gone", f"rule r on {S}.t"),
            "a function": (f"create function {S}.f() returns bigint language sql begin atomic select count(*) from {S}.first; end", f"function {S}.f()"),
            "a function of its rows": (f"create function {S}.g() returns setof {S}.t language sql as 'select 1, null::text'", f"function {S}.g()"),
            "a foreign key": (f"alter table {S}.t add primary key (a); create table {S}.child (x int constraint fk references {S}.t)", f"table constraint fk on {S}.child"),
            "a row policy": (f"create policy p on {S}.t using (a > 1)", f"policy p on {S}.t"),
            "a policy elsewhere": (f"create policy q on {S}.src using (a in (select a from {S}.first))", f"policy q on {S}.src"),
            "a trigger": (f"create function {S}.h() returns trigger language plpgsql as 'begin return new; end';"
                          f"create trigger g before insert on {S}.t for each row execute function {S}.h()", f"trigger g on {S}.t"),
            "a publication": (f"create publication pub_{ME} for table {S}.t", f"publication relation {S}.t in publication pub_{ME}"),
            "an heir": (f"create table {S}.heir () inherits ({S}.t)", f"table {S}.heir"),
            "a default of a view": (f"alter view {S}.first alter column b set default 'x'", f"default value for {S}.first.b"),
        }
        for kind, (make, words) in others.items():
            self.fresh()
            made = self.sql(make)
            self.expect(f"{kind} is made", not made.startswith("ERROR"), made)
            self.refused(kind, words)
            self.sql(f"drop publication if exists pub_{ME}")
        self.fresh()
        for i in range(7):
            self.sql(f"create view {S}.v{i} as select a from {S}.t")
        self.refused("many", f"view {S}.v0", "and 2 more")

    def a_name_alone_is_not_ours(self):
        self.fresh(views=False)
        self.pipeline("over", {"unborn": ("select a from t", "view")}, f"  t: {{ table: {S}.t }}\n")
        self.sql(f"create view {S}.unborn as select b from {S}.t; create table {S}.unborn_too (a int)")
        self.refused("a view of a step that never ran", f"view {S}.unborn")
        self.must("over")
        self.must("base")

    def a_user_who_may_not_do_everything(self):
        self.fresh(views=False)
        self.sql(f"drop table t, penstock_ledger cascade; grant usage, create on schema {S} to {PLAIN}; grant select on src to {PLAIN}")
        plain = ("--env", "plain")
        self.base(NARROW)
        self.must("base", *plain)
        self.sql(f"grant select on first to {READER}")
        self.base(WIDE)
        self.must("base", "--step", "t", *plain)
        self.same("the view follows", self.sql("select count(*) from first", READER), "3")
        self.sql(f"alter view first owner to {OTHER}")
        self.base(NARROW)
        self.must("base", "--step", "t")
        self.sql("alter table t owner to " + PLAIN)
        self.refused("a view of another role", f"view {S}.first (owner {OTHER})", more=plain)

    # ---- others, meanwhile

    @contextlib.contextmanager
    def held_up(self):
        """The publish has been planned and waits for the table."""
        holder = subprocess.Popen(["psql", "-qXAt"], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write(f"begin; lock table {S}.t in row exclusive mode; select 'held';\n")
        holder.stdin.flush()
        holder.stdout.readline()
        run = subprocess.Popen([self.penstock, "run", "base", "--step", "t"], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
        while self.sql(f"select count(*) from pg_locks where relation = '{S}.t'::regclass and not granted") != "1" and run.poll() is None:
            time.sleep(0.02)
        yield run
        holder.stdin.write("commit;\n")
        holder.communicate()
        self.output, _ = run.communicate(timeout=120)
        self.code = run.returncode

    def a_view_is_made_meanwhile(self):
        self.fresh()
        self.base(WIDE)
        with self.held_up():
            self.sql(f"create view {S}.late as select a from {S}.t")
        self.expect("it is named", self.code != 0 and f"view {S}.late" in self.output, self.output)
        self.expect("nobody says CASCADE", "CASCADE" not in self.output.upper(), self.output)
        self.same("nothing has changed", self.sql("select count(*) from pg_attribute where attrelid = 't'::regclass and attname = 'c'"), "0")

    def a_grant_is_made_meanwhile(self):
        self.fresh()
        self.base(WIDE)
        with self.held_up():
            self.sql(f"grant select on third to {READER}")
        self.expect("it is planned anew", self.code == 0, self.output)
        self.same("the grant is there", self.sql("select count(*) from third", READER), "3")

    def a_view_is_dropped_meanwhile(self):
        self.fresh()
        self.base(WIDE)
        with self.held_up():
            self.sql(f"drop view {S}.third")
        self.expect("it is planned anew", self.code == 0, self.output)
        self.same("the others follow", self.sql("select count(*) from second"), "3")

    def readers_never_fail(self):
        self.fresh()
        stop = os.path.join(self.folder, "stop")
        loop = f"while [ ! -e {stop} ]; do printf 'select count(*), min(a) from {S}.third;\\nselect count(*) from {S}.first;\\n'; done"
        readers = [subprocess.Popen(["bash", "-c", f"{loop} | psql -qXAt -v ON_ERROR_STOP=1 | sort | uniq -c"], env=self.environment,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(3)]
        for turn in range(6):
            self.base(WIDE if turn % 2 == 0 else NARROW)
            self.must("base")
        with open(stop, "w", encoding="utf-8"):
            pass
        for reader in readers:
            output, _ = reader.communicate(timeout=60)
            lines = {line.split(maxsplit=1)[1] for line in output.splitlines()}
            self.same("a reader sees the old or the new", lines, {"3|1", "3"})
        os.remove(stop)

    def two_publish_under_one_view(self):
        self.fresh(views=False)
        for turn in range(3):
            query = WIDE if turn % 2 == 0 else NARROW
            for name in ("left", "right"):
                self.pipeline(name, {f"{name}_t": (query, "table")})
            if turn == 0:
                self.must("left")
                self.must("right")
                self.pipeline("both", {"joined": (f"select l.a, r.b from left_t as l join right_t as r on l.a = r.a", "view"),
                                       "upon": ("select a from joined", "view")}, f"  left_t: {{ table: {S}.left_t }}\n  right_t: {{ table: {S}.right_t }}\n")
                self.must("both")
                continue
            # Each with a store of its own: they know nothing of each other.
            copies = [shutil.copytree(self.folder, os.path.join(tempfile.mkdtemp(), name)) for name in ("left", "right")]
            running = [subprocess.Popen([self.penstock, "run", os.path.basename(copy)], cwd=copy, env=self.environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for copy in copies]
            for process in running:
                output, _ = process.communicate(timeout=120)
                self.expect("both publish", process.returncode == 0, output)
            self.same("the views read both", self.sql("select count(*) from upon"), "3")

    def all(self, only):
        self.sql(f"create role {READER}; create role {OTHER}; create role {PLAIN} login password '{self.environment['PGPASSWORD']}'")
        try:
            for case in (self.views_follow, self.default_privileges_add_nothing, self.both_change_at_once, self.values_of_another_run_stay,
                         self.what_does_not_compile_fails_whole, self.columns_that_are_altered, self.a_view_that_loses_a_column,
                         self.a_table_becomes_a_view_and_back, self.others_are_named, self.a_name_alone_is_not_ours,
                         self.a_user_who_may_not_do_everything, self.a_view_is_made_meanwhile,
                         self.a_grant_is_made_meanwhile, self.a_view_is_dropped_meanwhile, self.readers_never_fail, self.two_publish_under_one_view):
                self.case = case.__name__
                if only and self.case not in only:
                    continue
                case()
                print(f"{self.case}: done", flush=True)
        finally:
            subprocess.run(["psql", "-qX", "-c", f"drop schema if exists {S} cascade; drop owned by {READER}, {OTHER}, {PLAIN}; drop role {READER}, {OTHER}, {PLAIN}"],
                           env=self.environment, check=False)
        if self.failures:
            sys.exit("\n\n".join(self.failures))
        print(f"{self.looked_at} expectations held")
        shutil.rmtree(self.folder)


if __name__ == "__main__":
    Test(os.path.abspath(sys.argv[1])).all(sys.argv[2:])
