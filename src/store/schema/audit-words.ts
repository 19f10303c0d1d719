/**
 * The words of an entry, from its own text: canonical JSON sorts its members and escapes the quotes inside strings, so what is
 * matched here is only ever a member. Without a query for each entry, which would cost a third of writing it down. What they
 * are checked by is src/audit/words-of-entry.ts: the function in the database is whoever's who has the database.
 */
export const auditWords = `
create or replace function audit_words(entry text) returns bigint[] language plpgsql immutable strict parallel safe as $$
declare words bigint[]; item text; agreement text; version text; clause text;
begin
  words := array[
    hashtextextended('interaction ' || nullif(split_part(split_part(entry, '"interaction":"', 2), '"', 1), ''), 0),
    hashtextextended('outcome ' || case when strpos(entry, '"outcome":"permitted"') > 0 then '0'
      when strpos(entry, '"outcome":"denied"') > 0 or strpos(entry, '"status":5') > 0 then '8' when strpos(entry, '"outcome":"failed"') > 0 then '4' end, 0),
    hashtextextended('purpose ' || nullif(split_part(split_part(entry, '"purpose":"', 2), '"', 1), ''), 0),
    hashtextextended(case when strpos(entry, '"emergency":["') > 0 then 'purpose BTG' end, 0),
    hashtextextended('role ' || nullif(split_part(split_part(entry, '"role":"', 2), '"', 1), ''), 0),
    hashtextextended('policy urn:ietf:params:oauth:jti:' || nullif(split_part(split_part(entry, '"token":"', 2), '"', 1), ''), 0),
    hashtextextended('entity Patient/' || nullif(split_part(split_part(entry, '"citizen":"', 2), '"', 1), ''), 0)];
  foreach item in array string_to_array(split_part(split_part(entry, '"listed":[', 2), ']', 1), ',') loop
    words := words || hashtextextended('entity Patient/' || trim('"' from item), 0);
  end loop;
  foreach item in array string_to_array(split_part(split_part(entry, '"disclosed":[', 2), ']', 1), ',') loop
    words := words || hashtextextended('entity ' || ltrim(split_part(item, '/_history/', 1), '"'), 0);
  end loop;
  foreach item in array (string_to_array(entry, '{"agreement":"'))[2:] loop
    agreement := 'urn:onestory:agreement:' || split_part(item, '"', 1);
    version := agreement || ':' || split_part(split_part(item, '","version":"', 2), '"', 1);
    clause := version || ':' || split_part(split_part(item, '","clause":"', 2), '"', 1);
    words := words || hashtextextended('below ' || agreement, 0) || hashtextextended('below ' || version, 0) || hashtextextended('below ' || clause, 0) || hashtextextended('policy ' || clause, 0);
  end loop;
  return array_remove(words, null);
end $$;
`;
