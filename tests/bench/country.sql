-- A country's worth of data, REQUESTS requests and the rest in proportion: organisations 18 %, accounts 30 %, tokens
-- 77 %, audit rows twice as many, calls 25 times as many. Triggers and foreign keys rest meanwhile, so what they keep is
-- written here as they would; country.mjs compares a sample of it with theirs. The words in capitals are replaced there.
set session_replication_role = replica;
set synchronous_commit = off;
set work_mem = '256MB';

-- A number from 0 to below `many`, always the same for the same i and word.
create function pg_temp.pick(i bigint, word text, many bigint) returns bigint language sql immutable
    as $$ select (hashint8extended(i, hashtext(word)) & 9223372036854775807) % many $$;
create function pg_temp.one_of(i bigint, word text, list text[]) returns text language sql immutable
    as $$ select list[1 + pg_temp.pick(i, word, cardinality(list))] $$;
-- Names of three or four syllables, so that a part of one is found in some of them and not in most.
create function pg_temp.name(i bigint, word text) returns text language sql immutable
    as $$ select initcap(string_agg(pg_temp.one_of(i, word || n, array['ba','bé','cha','co','dou','du','fè','fla','gny','gra','ho',
              'jan','ker','la','lé','lou','ma','mè','mont','nan','no','ois','per','pla','quin','ra','ros','sau','ser','tou','ul','val','vi','zé']), ''))
          from generate_series(1, 3 + pg_temp.pick(i, word, 2)) n $$;
create function pg_temp.with_check_digit(digits text) returns text language sql immutable
    as $$ select digits || (10 - sum(case when n % 2 = length(digits) % 2 then d / 5 + d * 2 % 10 else d end) % 10) % 10
          from generate_series(1, length(digits)) n, lateral (select substr(digits, n, 1)::int as d) x $$;
create function pg_temp.siret(i bigint) returns text language sql immutable
    as $$ select pg_temp.with_check_digit(pg_temp.with_check_digit((30000000 + i)::text) || '0001') $$;
create function pg_temp.id(kind text, i bigint) returns uuid language sql immutable as $$ select md5(kind || i)::uuid $$;

create temp table o as select i, pg_temp.siret(i) as siret from generate_series(1, ORGANISATIONS) i;
insert into organisation (siret, name, state, legal_category, address, eligible, eligibility_ground, directory_checked_at)
select siret, pg_temp.one_of(i, 'kind', array['Commune de ', 'Département de ', 'Syndicat mixte de ', 'Centre communal de ']) ||
       pg_temp.name(i, 'organisation'), 'open', '7210', i || ' place de la Mairie, ' || pg_temp.name(i, 'organisation'), true,
       'public', now() - pg_temp.pick(i, 'checked', 20) * interval '1 day'
from o;

create temp table a as
select i, pg_temp.id('account', i) as id, pg_temp.one_of(i, 'given', array['Ana','Zoé','Élise','Jean-Marc','Camille','Noël','François',
       'Inès','Maël','Agnès','Paul','Louis','Hélène','Thérèse','Yves','Léa']) as given_name, pg_temp.name(i, 'family') as family_name,
       1 + (i - 1) % ORGANISATIONS as org
from generate_series(1, ACCOUNTS) i;
insert into account (id, email, email_key, given_name, family_name, state, current_siret, created_at, activated_at, last_login_at)
select a.id, e.email, e.email, a.given_name, a.family_name, 'active', o.siret, at, at,
       now() - pg_temp.pick(a.i, 'login', 300) * interval '1 day'
from a join o on o.i = a.org,
     lateral (select search_key(a.family_name) || a.i || '@c' || a.org || '.example' as email,
                     now() - (3 - 3.0 * a.i / ACCOUNTS) * interval '1 year' as at) e;
insert into membership (id, account_id, siret, state, ground, created_at, updated_at)
select pg_temp.id('membership', a.i), a.id, o.siret, case when a.i % 300 = 0 then 'suspended' when a.i % 400 = 0 then 'external' else 'active' end,
       'same_domain', now() - (3 - 3.0 * a.i / ACCOUNTS) * interval '1 year', now()
from a join o on o.i = a.org;

-- Who decides, and the key that signs: programs that start here have keys of their own.
insert into account (id, email, email_key, given_name, family_name, state, activated_at)
values (pg_temp.id('account', 0), 'agent@dinum.example', 'agent@dinum.example', 'Camille', 'Martin', 'active', now());
insert into signing_key (kid, state, public_jwk, public_pem, sealed_private_pem) values ('bench', 'retired', '{}', '', '');

-- The requests: who asks, whom they name, how far they came. A hundredth is of one applicant.
create temp table r as
select i, pg_temp.id('request', i) as id, pg_temp.id('decision', i) as decision_id, pg_temp.id('habilitation', i) as habilitation_id,
       p.account, s.state, case when i % 3 = 0 then 'api-particulier' else 'api-entreprise' end as product,
       c.at as created_at, case when s.state <> 'draft' then c.at + interval '1 day' end as submitted_at,
       case when s.state in ('approved', 'refused', 'revoked', 'changes_requested', 'archived')
            then least(now(), c.at + interval '1 day' + pg_temp.pick(i, 'decided', 1000) * interval '1 hour') end as decided_at,
       s.state in ('approved', 'revoked') as is_granted
from generate_series(1, REQUESTS) i,
     lateral (select case when i % 100 = 50 then 1 else 1 + pg_temp.pick(i, 'applicant', ACCOUNTS) end as account) p,
     lateral (select now() - (3 - 3.0 * i / REQUESTS) * interval '1 year' - interval '1 day' as at) c,
     lateral (select case when k < 75 then 'approved' when k < 77 then 'revoked' when k < 82 then 'submitted' when k < 90 then 'draft'
                          when k < 95 then 'refused' when k < 98 then 'changes_requested' else 'archived' end as state
              from pg_temp.pick(i, 'state', 100) k) s;
create unique index on a (i); create unique index on o (i); create index on r (i); analyze a; analyze o; analyze r;

create temp table f as
select r.i, a.id as applicant_id, o.siret, jsonb_build_object(
           'title', pg_temp.one_of(r.i, 'what', array['Aides','Subventions','Marchés publics','Tarification','Contrôles']) || ' de ' ||
                    pg_temp.name(r.i, 'title') || ' ' || r.i,
           'description', repeat('Nos agents instruisent mille demandes par an. ', 10),
           'legal_basis', jsonb_build_object('text', 'Délibération 2026-' || r.i, 'url', 'https://www.legifrance.gouv.fr/'),
           'recipients', 'Les agents instructeurs', 'retention_months', 36, 'scopes', '["chiffre_affaires_dgfip"]'::jsonb,
           'terms_accepted', true, 'dpo_informed', true,
           'contacts', (select jsonb_object_agg(k.kind, jsonb_build_object('kind', 'person', 'given_name', b.given_name,
                            'family_name', b.family_name, 'job_title', 'Cheffe de service', 'phone', '01 99 00 12 34', 'phone_key', '+33199001234',
                            'email', e.email, 'email_key', e.email))
                        from (values ('data_controller', 1), ('data_protection_officer', 1), ('business', 2), ('technical', 3)) k (kind, n)
                        join a b on b.i = 1 + pg_temp.pick(r.account + k.n, 'contact', ACCOUNTS),
                             lateral (select search_key(b.family_name) || b.i || '@c' || b.org || '.example' as email) e)) as fields
from r join a on a.i = r.account join o on o.i = a.org;
create index on f (i); analyze f;
insert into request (id, number, product, use_case, form_version, siret, applicant_id, state, last_event, fields, terms_version,
                     contact_emails, named_keys, search, habilitation_id, created_at, updated_at, submitted_at, decided_at, first_submitted_at)
select r.id, r.i, r.product, 'demande-libre', '2026-11', f.siret, f.applicant_id, r.state,
       case r.state when 'approved' then 'approve' when 'revoked' then 'revoke' when 'submitted' then 'submit' when 'draft' then 'create'
                    when 'refused' then 'refuse' when 'changes_requested' then 'request_changes' else 'archive' end,
       f.fields, '2026-01', contact_keys(f.fields -> 'contacts'),
       array(select unnest(contact_keys(f.fields -> 'contacts')) union select '+33199001234'),
       search_key(concat_ws(' ', 'D' || r.i, f.siret, f.fields ->> 'title', n.name, a.given_name, a.family_name, p.email, p.email_key,
           (select string_agg(concat_ws(' ', c.value ->> 'given_name', c.value ->> 'family_name', c.value ->> 'email'), ' ')
            from jsonb_each(f.fields -> 'contacts') c))),
       case when r.is_granted then r.habilitation_id end, r.created_at, coalesce(r.decided_at, r.submitted_at, r.created_at),
       r.submitted_at, r.decided_at, r.submitted_at
from r join f on f.i = r.i join a on a.i = r.account join account p on p.id = a.id join organisation n on n.siret = f.siret;
select setval('request_number_seq', REQUESTS), setval('habilitation_number_seq', REQUESTS);

insert into request_event (id, request_id, event, from_state, to_state, actor_id, as_staff, at)
select pg_temp.id(e.event, r.i), r.id, e.event, e.from_state, e.to_state, e.actor, e.as_staff, e.at
from r join f on f.i = r.i,
     lateral (values ('create', null, 'draft', f.applicant_id, false, r.created_at), ('submit', 'draft', 'submitted', f.applicant_id, false, r.submitted_at),
              (case r.state when 'approved' then 'approve' when 'revoked' then 'revoke' when 'refused' then 'refuse' else 'request_changes' end,
               'submitted', r.state, pg_temp.id('account', 0), true, r.decided_at)) e (event, from_state, to_state, actor, as_staff, at)
where e.at is not null order by r.i;
insert into decision (id, request_id, outcome, reason, granted_scopes, decided_by, request_version, submitted_at, at, product)
select r.decision_id, r.id, case when r.is_granted then 'approve' when r.state = 'changes_requested' then 'request_changes' else 'refuse' end,
       case when not r.is_granted then 'Pièces manquantes' end, case when r.is_granted then array['chiffre_affaires_dgfip'] end, pg_temp.id('account', 0),
       1, r.submitted_at, r.decided_at, r.product
from r where r.decided_at is not null;
insert into decision (id, request_id, outcome, reason, decided_by, request_version, at, product)
select pg_temp.id('revocation', r.i), r.id, 'revoke', 'Fin du service', pg_temp.id('account', 0), 2, least(now(), r.decided_at + interval '30 days'), r.product
from r where r.state = 'revoked';
insert into habilitation (id, number, request_id, decision_id, product, use_case, form_version, siret, applicant_id, scopes, snapshot,
                          confirmation_code, approved_at, state)
select r.habilitation_id, r.i, r.id, r.decision_id, r.product, 'demande-libre', '2026-11', f.siret, f.applicant_id,
       array['chiffre_affaires_dgfip'], jsonb_build_object('fields', f.fields, 'terms_version', '2026-01', 'number', r.i,
           'organisation', organisation_summary(f.siret), 'applicant', person_json(f.applicant_id)),
       'BENCH-' || r.i, r.decided_at, case when r.state = 'approved' then 'active' else 'revoked' end
from r join f on f.i = r.i where r.is_granted;
insert into message (id, request_id, author_id, as_staff, body, at)
select pg_temp.id('message', r.i), r.id, f.applicant_id, false, 'Bonjour, où en est notre demande ?', r.submitted_at + interval '1 hour'
from r join f on f.i = r.i where r.submitted_at is not null and r.i % 3 = 0;

insert into token (id, request_id, habilitation_id, subject_id, product, siret, scopes, kid, issued_at, sealed_jwt, created_at, changed_at,
                   expires_at, revoked_at, revoked_by, revocation_reason, revocation_told)
select pg_temp.id('token', r.i), r.id, r.habilitation_id, r.habilitation_id, r.product, f.siret, array['chiffre_affaires_dgfip'],
       'bench', extract(epoch from r.decided_at)::bigint, '', r.decided_at, r.decided_at,
       r.decided_at + interval '4 years', case when r.state = 'revoked' then least(now(), r.decided_at + interval '30 days') end,
       case when r.state = 'revoked' then pg_temp.id('account', 0) end, case when r.state = 'revoked' then 'Fin du service' end, r.state = 'revoked'
from r join f on f.i = r.i where r.is_granted;

-- What was done, twice a request, with seals of their size that prove nothing.
with added as (
    insert into audit (id, at, actor_kind, actor_id, action, subject_type, subject_id, product, siret, detail, request_id, nonce)
    overriding system value
    select nextval('audit_id_seq'), now() - (3 - 1.5 * n / REQUESTS) * interval '1 year', 'account', f.applicant_id,
           case when n % 5000 = 0 then 'request.transferred' when n > REQUESTS then 'request.updated' else 'request.created' end, 'request',
           r.id::text, r.product, f.siret, '{}', gen_random_uuid(), gen_random_uuid()
    from generate_series(1, REQUESTS * 2) n join r on r.i = 1 + (n - 1) % REQUESTS join f on f.i = r.i
    order by n
    returning id)
insert into audit_seal (place, audit_id, sealed_at, key_id, mac)
select row_number() over (order by id), id, now(), 'bench', sha256(id::text::bytea) from added;

-- Calls of the last 29 days, of a twentieth of the tokens, some much more than others.
do $$ begin for d in 0..30 loop perform call_make_partition((current_date - d)::date); end loop; end $$;
create temp table callers as
select row_number() over () as n, id from (select id from token where revoked_at is null order by id limit REQUESTS / 20) t;
create unique index on callers (n); analyze callers;
insert into call (at, token_id, endpoint, status, error_code, duration_us, request_id)
select now() - random() * interval '29 days', c.id,
       (array['/v4/insee/sirene/unites_legales/{siren}', '/v4/dgfip/chiffre_affaires/{siret}', '/v4/urssaf/attestation/{siren}'])[1 + i % 3],
       case when s.k < 9 then 200 when s.k = 9 then 404 else 502 end, case when s.k < 9 then null when s.k = 9 then '00404' else '01502' end,
       (20000 * exp(random() * 2))::bigint, 'bench-' || i
from generate_series(1, CALLS::bigint) i
join callers c on c.n = 1 + floor(power(hashint8(i) / 4294967296.0 + 0.5, 2) * (REQUESTS / 20))::bigint,
     lateral (select i % 11 as k) s
order by 1;
update call_rolled set until = date_trunc('hour', now(), 'UTC') - interval '30 days';
