#include "connectors/postgres/dependants.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "connectors/postgres/errors.h"
#include "connectors/postgres/quote.h"

namespace penstock::postgres {

namespace {

using connectors::Dependant;
using connectors::Dependants;
using connectors::DependedOn;
using connectors::Restoring;

constexpr int kMostLooks = 64;

// $1 to $3: the table's name, schema and catalogue; $4: its columns, as JSON. The table itself comes first, views in the order of their
// depth, and everything else last. Views hang on their rule, everything on the row type of what it uses as a whole. What goes with the
// table without a word (its policies, triggers, rules, its place in a publication) is looked for where all of it goes.
constexpr const char* kObjects = R"(
with recursive target as (
  select c.oid,
    array(select a.attnum::int from pg_attribute a
      where a.attrelid = c.oid and a.attname in (select value from json_array_elements_text($4::json))) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relname = $1 and n.nspname = coalesce(nullif($2, ''), current_schema()) and $3 in ('', current_database())
    and c.relkind in ('r', 'p', 'f', 'v', 'm')
), reached (relation, depth) as (
  select oid, 0 from target
  union
  select r.ev_class, reached.depth + 1
  from reached cross join target
  join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = reached.relation
    and (reached.depth > 0 or target.columns = '{}' or d.refobjsubid = any(target.columns))
  join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
  where r.rulename = '_RETURN' and r.ev_class <> reached.relation and reached.depth < 64
), relations as (
  select relation, max(depth) as depth from reached group by relation
), objects as (
  select 'pg_class'::regclass::oid as class, relation as object, 0 as part, relation as owned_with, depth from relations
  union
  select d.classid, d.objid, case d.classid when 'pg_class'::regclass then d.objsubid else 0 end, coalesce(
    (select ev_class from pg_rewrite where d.classid = 'pg_rewrite'::regclass and oid = d.objid),
    (select tgrelid from pg_trigger where d.classid = 'pg_trigger'::regclass and oid = d.objid),
    (select polrelid from pg_policy where d.classid = 'pg_policy'::regclass and oid = d.objid),
    (select conrelid from pg_constraint where d.classid = 'pg_constraint'::regclass and oid = d.objid),
    (select adrelid from pg_attrdef where d.classid = 'pg_attrdef'::regclass and oid = d.objid),
    case d.classid when 'pg_class'::regclass then d.objid end), 1000
  from relations cross join target
  join pg_class c on c.oid = relations.relation
  left join pg_type t on t.oid = c.reltype
  cross join lateral (select relations.depth > 0 or target.columns = '{}' as whole) taken
  join pg_depend d
    on (d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and (taken.whole or d.refobjsubid = any(target.columns)))
    or (d.refclassid = 'pg_type'::regclass and d.refobjid in (t.oid, t.typarray) and taken.whole)
  where not (d.classid = 'pg_class'::regclass and d.objid = c.oid)
    and not exists (select from pg_rewrite r where d.classid = 'pg_rewrite'::regclass and r.oid = d.objid and r.rulename = '_RETURN')
    and case d.deptype
      when 'n' then taken.whole or d.classid <> 'pg_constraint'::regclass
      when 'a' then taken.whole and (d.classid in (
          'pg_policy'::regclass, 'pg_trigger'::regclass, 'pg_rewrite'::regclass, 'pg_publication_rel'::regclass)
        or (d.classid = 'pg_attrdef'::regclass and c.relkind = 'v'))
      end
)
select said.type, said.identity, pg_get_userbyid(coalesce(w.relowner,
    (select proowner from pg_proc where o.class = 'pg_proc'::regclass and oid = o.object),
    (select pubowner from pg_publication p join pg_publication_rel r on r.prpubid = p.oid
      where o.class = 'pg_publication_rel'::regclass and r.oid = o.object))),
  case when o.class = 'pg_class'::regclass and o.part = 0 and w.relkind = 'v' and pg_has_role(w.relowner, 'usage') then 'own view' end,
  n.nspname, w.relname, w.oid, case when w.relkind = 'v' then btrim(pg_get_viewdef(w.oid), ' ;') end, current_schema(), o.depth
from objects o
cross join lateral pg_identify_object(o.class, o.object, o.part) said
left join pg_class w on w.oid = o.owned_with
left join pg_namespace n on n.oid = w.relnamespace
order by o.depth, said.type, said.identity)";

// $1: oids, as JSON. Owner, options, row security, privileges, comments and labels, in this order: whoever grants has to be the owner.
constexpr const char* kRestoring = R"(
with relations as (
  select c.oid as relation, c.*, case c.relkind when 'v' then 'view' when 'f' then 'foreign table' else 'table' end as kind,
    format('%I.%I', n.nspname, c.relname) as name, (select oid from pg_roles where rolname = current_user) as me
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid in (select value::oid from json_array_elements_text($1::json))
), granted as (
  select relation, name, '' as attribute, g.* from relations
  cross join lateral aclexplode(relacl) with ordinality g (grantor, grantee, privilege, is_grantable, place)
  where g.grantee <> relowner
  union all
  select relation, name, a.attname, g.* from relations join pg_attribute a on a.attrelid = relation and not a.attisdropped
  cross join lateral aclexplode(a.attacl) with ordinality g (grantor, grantee, privilege, is_grantable, place)
), statements (relation, step, attribute, place, statement) as (
  select relation, 1, '', 0, format('alter table %s owner to %I', name, pg_get_userbyid(relowner)) from relations where relowner <> me
  union all
  select relation, 2, '', 0, format('alter %s %s set (%s)', kind, name,
    (select string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') from unnest(reloptions) o))
  from relations where reloptions <> '{}'
  union all
  select relation, 3, '', 0, format('alter table %s enable row level security', name) from relations where relrowsecurity
  union all
  select relation, 4, '', 0, format('alter table %s force row level security', name) from relations where relforcerowsecurity
  union all
  select distinct relation, 5, '', 0,
    format('revoke all on table %s from %s', name, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end)
  from relations join pg_default_acl d on d.defaclrole = me and d.defaclobjtype = 'r' and d.defaclnamespace in (0, relnamespace)
  cross join lateral aclexplode(d.defaclacl) g
  where g.grantee not in (me, relowner)
  union all
  select relation, 6, '', 0,
    format('revoke %s on table %s from %I', string_agg(lower(g.privilege_type), ', '), name, pg_get_userbyid(relowner))
  from relations cross join lateral aclexplode(acldefault('r', relowner)) g
  where relacl is not null and not exists (
    select from aclexplode(relacl) had where had.grantee = relowner and had.privilege_type = g.privilege_type)
  group by relation, name, relowner
  union all
  select relation, 7, attribute, min(place), format('grant %s on table %s to %s%s',
    string_agg(lower(privilege) || case attribute when '' then '' else format(' (%I)', attribute) end, ', ' order by place), name,
    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
    case when is_grantable then ' with grant option' else '' end)
  from granted group by relation, name, attribute, grantee, is_grantable
  union all
  select relation, 8, coalesce(a.attname, ''), d.objsubid, format('comment on %s %s is %L',
    case d.objsubid when 0 then kind else 'column' end, name || coalesce('.' || quote_ident(a.attname), ''), d.description)
  from relations join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = relation
  left join pg_attribute a on a.attrelid = relation and a.attnum = d.objsubid and d.objsubid > 0
  where d.objsubid > 0 or d.description not like 'penstock:%'
  union all
  select relation, 9, coalesce(a.attname, ''), s.objsubid, format('security label for %I on %s %s is %L', s.provider,
    case s.objsubid when 0 then kind else 'column' end, name || coalesce('.' || quote_ident(a.attname), ''), s.label)
  from relations join pg_seclabel s on s.classoid = 'pg_class'::regclass and s.objoid = relation
  left join pg_attribute a on a.attrelid = relation and a.attnum = s.objsubid and s.objsubid > 0
)
select relation, statement, attribute, attribute = '' and step in (2, 3, 4, 8, 9)
from statements order by relation, step, place, statement)";

/// A question for one text that changes with any of these relations: what they show, to whom, whose they are.
std::string shape_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted_text(name);
  return "select md5(string_agg(concat_ws('|', c.relkind, c.relowner, c.relacl, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,\n"
         "    case c.relkind when 'v' then pg_get_viewdef(c.oid) end,\n"
         "    (select string_agg(concat_ws(' ', objsubid, description), ' ' order by objsubid)\n"
         "      from pg_description where classoid = 'pg_class'::regclass and objoid = c.oid),\n"
         "    (select string_agg(concat_ws(' ', attname, attacl), ' ' order by attnum)\n"
         "      from pg_attribute where attrelid = c.oid and attacl is not null)), '|' order by seen.place))\n"
         "  from unnest(array[" +
         list + "]) with ordinality seen (name, place) left join pg_class c on c.oid = to_regclass(seen.name)";
}

/// Fails where `shape` has another answer. The body's delimiter holds the answer, so that no name can end it.
std::string guard_of(const std::string& shape, const std::string& answer) {
  const std::string mark = "$seen_" + answer + "$";
  return "do " + mark + " begin\n  if (" + shape + ")\n  is distinct from " + quoted_text(answer) +
         " then raise exception 'what is replaced has changed since it was looked at'; end if;\nend " + mark;
}

/// One look at the catalogue: the objects first, then what has to be known of the relations among them.
class Look {
 public:
  Look(Wire& wire, const DependedOn& table) : wire_(wire), table_(table) {}

  Result<Dependants> run() {
    const auto rows = wire_.ask(kObjects, {table_.name, table_.schema, table_.catalog, nlohmann::json(table_.columns).dump()});
    if (!rows) return fail(rows.error());
    for (const connectors::Row& row : *rows) take(row);
    if (names_.empty()) return std::move(found_);
    if (auto guarded = guard(); !guarded) return fail(guarded.error());
    if (auto restored = restore(); !restored) return fail(restored.error());
    for (const std::string& schema : schemas_) {
      if (auto added = add_publishers(schema); !added) return fail(added.error());
    }
    return std::move(found_);
  }

 private:
  void take(const connectors::Row& row) {
    const auto text = [&](std::size_t place) { return row[place].value_or(""); };
    const bool is_view = row[3].has_value();
    const bool is_table = row[9] == "0";
    found_.own_schema = text(8);
    // A table of which only columns are altered stays what it is.
    if (is_table && !table_.columns.empty()) return;
    if (is_table || is_view) {
      names_.push_back(quoted_name(text(4)) + "." + quoted_name(text(5)));
      oids_.push_back(text(6));
    }
    if (is_table) {
      places_[text(6)] = std::nullopt;
      return;
    }
    Dependant& one = found_.all.emplace_back();
    one.kind = text(0);
    one.name = text(1);
    one.owner = text(2);
    if (!is_view) return;
    one.is_own_view = true;
    one.schema = text(4);
    one.view = text(5);
    one.query = text(7);
    places_[text(6)] = found_.all.size() - 1;
    schemas_.insert(one.schema);
  }

  Result<void> guard() {
    const std::string shape = shape_of(names_);
    const auto answer = wire_.ask(shape);
    if (!answer) return fail(answer.error());
    found_.guard = guard_of(shape, answer->front()[0].value_or(""));
    return {};
  }

  Result<void> restore() {
    const auto rows = wire_.ask(kRestoring, {oids_.dump()});
    if (!rows) return fail(rows.error());
    for (const connectors::Row& row : *rows) {
      const std::optional<std::size_t> place = places_.at(row[0].value_or(""));
      std::vector<Restoring>& list = place ? found_.all[*place].restoring : found_.restoring;
      list.push_back({row[1].value_or(""), row[2].value_or(""), row[3] == "t"});
    }
    return {};
  }

  Result<void> add_publishers(const std::string& schema) {
    const auto steps = wire_.ask("select distinct step from " + quoted_name(schema) + "." + quoted_name(table_.ledger));
    // Where there is no ledger, or none for this user to read, nothing is known to be the project's.
    if (!steps && (steps.error().sqlstate == kUndefinedTable || steps.error().kind == ErrorKind::permission)) return {};
    if (!steps) return fail(steps.error());
    for (const connectors::Row& row : *steps) found_.publishers.emplace(schema, row[0].value_or(""));
    return {};
  }

  Wire& wire_;
  const DependedOn& table_;
  Dependants found_;
  std::vector<std::string> names_;  ///< Of the relations that are looked at whole.
  nlohmann::json oids_ = nlohmann::json::array();
  std::map<std::string, std::optional<std::size_t>> places_;  ///< Among the dependants, by oid; none: the table itself.
  std::set<std::string> schemas_;
};

}  // namespace

Result<Dependants> dependants(Wire& wire, const DependedOn& table) {
  auto found = Look(wire, table).run();
  // A view that others drop just now stops the look at its definition; they are done by then, so the next look is at something else.
  for (int looks = 1; !found && found.error().kind == ErrorKind::conflict && looks < kMostLooks; ++looks) found = Look(wire, table).run();
  if (!found && found.error().kind == ErrorKind::conflict) found.error().kind = ErrorKind::transient;
  return found;
}

}  // namespace penstock::postgres
