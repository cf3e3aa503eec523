// Package sso signs people in by an OpenID Connect provider: authorization code with PKCE, state
// and nonce. Who somebody is the provider says; what they may do here is others' affair.
package sso
