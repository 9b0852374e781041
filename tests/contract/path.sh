#!/usr/bin/env bash
# Walks the whole way with curl: sign up, activate by the mailed link, draft, submit, approve, reveal the
# token, call the gateway, see the call. Runs against a server of script/server (GUICHET_BASE_URL,
# default http://127.0.0.1:8080; mails and database in GUICHET_DATA_DIR, default .guichet).
# Needs curl and jq. Prints one line per step; the first step that fails ends it.
set -euo pipefail

base=${GUICHET_BASE_URL:-http://127.0.0.1:8080}
data=${GUICHET_DATA_DIR:-.guichet}
guichet=${GUICHET_BIN:-build/guichet}
# No settings of the program, which refuses names that it does not know.
unset GUICHET_BIN GUICHET_BASE_URL
siret=${SIRET:-21690123100011}
password='Trois-ponts-sur-la-Saone'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unique="$$-$(date +%s)"
csrf=""
jar=""

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# call METHOD PATH [JSON [CURL OPTION…]]: the body goes to standard output, an error ends the walk.
call() {
    local method=$1 path=$2 body=${3:-} status
    shift $(($# < 3 ? $# : 3))
    local options=(--silent --show-error --request "$method" --output "$folder/body"
        --dump-header "$folder/headers" --write-out '%{http_code}')
    [ -z "$jar" ] || options+=(--cookie "$jar" --cookie-jar "$jar")
    [ -z "$csrf" ] || options+=(--header "X-CSRF-Token: $csrf")
    [ -z "$body" ] || options+=(--header 'Content-Type: application/json' --data "$body")
    status=$(curl "${options[@]}" "$@" "$base$path")
    [ "${status:0:1}" = 2 ] || fail "$method $path: $status $(cat "$folder/body")"
    cat "$folder/body"
}

etag() { sed -n 's/^[Ee][Tt][Aa][Gg]: *//p' "$folder/headers" | tr -d '\r'; }

# mailed ADDRESS PATH: the token of the first such link that was mailed to this address.
mailed() {
    local tries=0 file
    while [ $tries -lt 100 ]; do
        for file in "$data"/mail/*.eml; do
            grep -qs "^To: $1" "$file" || continue
            tr -d '\r' <"$file" | sed -n "s|^http.*/$2#\\([A-Za-z0-9_-]*\\)\$|\\1|p" | grep -m1 . && return
        done
        tries=$((tries + 1))
        sleep 0.1
    done
    fail "no mail to $1 with /$2#…"
}

log_in() {
    jar="$folder/$1"
    csrf=""
    csrf=$(call POST /v1/session "{\"email\":\"$2\",\"password\":\"$password\"}" | jq -er .csrf_token)
}

email="marie.$unique@lyon-$unique.example"
call GET "/v1/directory/establishments/$siret" | jq -er '"directory     \(.name), \(.address)"'

call POST /v1/accounts "$(jq -n --arg email "$email" --arg siret "$siret" \
    '{email: $email, siret: $siret, given_name: "Marie", family_name: "Dupont"}')" |
    jq -er '"sign-up       \(.status)"'

link=$(mailed "$email" activation)
call POST /v1/accounts/activation/preview "{\"token\":\"$link\"}" |
    jq -er '"the link      \(.given_name) \(.family_name), \(.organisation)"'
membership=$(call POST /v1/accounts/activation "{\"token\":\"$link\",\"password\":\"$password\"}" |
    jq -er .status)
echo "activation    $membership"
if [ "$membership" != active ]; then
    # Somebody of another domain is attached already: support would decide; here the operator does.
    email="second.$unique@lyon.example"
    printf '%s\n' "$password" | "$guichet" create-account "$email" --siret "$siret" \
        --given-name Second --family-name Dupont --password-stdin >/dev/null
    echo "membership    made by the operator for $email"
fi

log_in applicant "$email"
request=$(call POST /v1/requests \
    "{\"product\":\"api-entreprise\",\"use_case\":\"marches-publics\",\"siret\":\"$siret\"}")
id=$(jq -er .id <<<"$request")
echo "draft         $(jq -er .number <<<"$request")"
version=$(etag)
contact() {
    jq -n --arg email "$1" '{kind: "person", given_name: "Marie", family_name: "Dupont",
        email: $email, phone: "04 72 10 30 30", job_title: "Cheffe de projet"}'
}
patch=$(jq -n --argjson own "$(contact "$email")" --argjson tech "$(contact "tech@editeur.example")" '{
    title: "Candidatures aux marchés publics", description: "Vérifier les candidatures.",
    contacts: {data_controller: $own, data_protection_officer: $own, business: $own, technical: $tech},
    terms_accepted: true, dpo_informed: true}')
call PATCH "/v1/requests/$id" "$patch" --header "If-Match: $version" | jq -er '"saved         version \(.version)"'
call GET "/v1/requests/$id/checks" | jq -er '"checks        \(.checks | map(select(.outcome == "ok")) | length) of \(.checks | length) without remark"'
call POST "/v1/requests/$id/submission" | jq -er '"submission    \(.state)"'

instructor="instructeur.$unique@dinum.example"
printf '%s\n' "$password" | "$guichet" create-account "$instructor" --siret 13002526500013 \
    --given-name Ines --family-name Truc --role instructor:api-entreprise --password-stdin >/dev/null
log_in instructor "$instructor"
version=$(call GET "/v1/requests/$id" | jq -r '"\"\(.version)\""')
call POST "/v1/requests/$id/decisions" '{"outcome":"approve","message":"Bienvenue."}' \
    --header "If-Match: $version" |
    jq -er '"decision      \(.outcome)"'

log_in applicant "$email"
token=$(call GET "/v1/tokens?request_id=$id" | jq -er '.items[0].id')
secret=$(call POST "/v1/tokens/$token/reveal" | jq -er .token)
echo "token         $token, ${#secret} characters"

jar=""
csrf=""
call GET '/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265' '' --get \
    --header "Authorization: Bearer $secret" --data-urlencode 'context=Marchés publics' \
    --data-urlencode 'object=Essai' --data-urlencode "recipient=$siret" |
    jq -er '"gateway       \(.data.siren), \(.data.personne_morale_attributs.raison_sociale)"'

log_in applicant "$email"
for _ in $(seq 100); do
    seen=$(call GET "/v1/tokens/$token/calls" | jq -r '.items[0].status // empty')
    [ -z "$seen" ] || break
    sleep 0.1
done
[ "$seen" = 200 ] || fail "the call is not in the statistics"
call GET "/v1/tokens/$token/usage?window=10m" | jq -er '"usage         \(.totals.calls) call"'
