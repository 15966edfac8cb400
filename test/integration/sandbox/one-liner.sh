#!/bin/sh
# The recipe for environments without any software of ours: a mytoken JWT in $MYTOKEN becomes an access token with
# nothing but curl and jq. Prints the access token's userinfo; the provider's URL comes from the token itself.
set -eu
command -v curl >/dev/null && command -v jq >/dev/null || { echo 'curl and jq are needed' >&2; exit 3; }
payload() {
  part=$(printf '%s' "$1" | cut -d. -f2 | tr '_-' '/+')
  while [ $((${#part} % 4)) -ne 0 ]; do part="$part="; done
  printf '%s' "$part" | base64 -d
}
iss=$(payload "$MYTOKEN" | jq -r .iss)
endpoint=$(curl -sSf "$iss/.well-known/mytoken-configuration" | jq -r .access_token_endpoint)
access_token=$(jq -n --arg mytoken "$MYTOKEN" '{grant_type: "mytoken", mytoken: $mytoken}' |
  curl -sSf -H 'Content-Type: application/json' --data-binary @- "$endpoint" | jq -r .access_token)
provider=$(payload "$access_token" | jq -r .iss)
userinfo=$(curl -sSf "$provider/.well-known/openid-configuration" | jq -r .userinfo_endpoint)
curl -sSf -H "Authorization: Bearer $access_token" "$userinfo"
