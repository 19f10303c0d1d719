/**
 * Every environment variable the gateway knows. docs/configuration.md is checked against this list, and an `ONESTORY_*`
 * variable that is not in it stops the start, so that a misspelt setting is never silently ignored.
 */
export interface ConfigVariable {
  name: string;
  /** as the README prints it */
  default: string;
  meaning: string;
}

export const configVariables = [
  { name: 'PORT', default: '8080', meaning: 'TCP port the gateway listens on' },
  { name: 'HOST', default: '127.0.0.1', meaning: 'address it listens on; any address that is not loopback needs `OIDC_ISSUER`' },
  { name: 'BASE_URL', default: 'http://HOST:PORT', meaning: 'the address callers use, where it differs from `HOST` and `PORT`; links and token audiences are made from it, never from request headers' },
  { name: 'DATA_DIR', default: './data', meaning: 'folder of the embedded database, the demo keys and the lock' },
  { name: 'DATABASE_URL', default: 'none', meaning: 'PostgreSQL 15 or later, `postgres://…`; without it an embedded PGlite database is used, for evaluation only' },
  { name: 'OIDC_ISSUER', default: 'the embedded issuer', meaning: 'OpenID Connect issuer whose access tokens are accepted; https, or http on loopback' },
  { name: 'OIDC_AUDIENCE', default: 'BASE_URL/fhir', meaning: 'the `aud` an access token must name' },
  { name: 'OIDC_ALGORITHMS', default: 'ES256,ES384,PS256,RS256', meaning: 'signature algorithms accepted from `OIDC_ISSUER`, comma separated; the embedded issuer always uses ES384' },
  { name: 'OIDC_CLIENT_ID', default: 'none', meaning: 'the viewer\'s client at `OIDC_ISSUER`; without it nobody signs in to the viewer. Its redirect URI is `BASE_URL/session/callback`' },
  { name: 'OIDC_CLIENT_SECRET', default: 'none', meaning: 'that client\'s secret (client_secret_basic); or' },
  { name: 'OIDC_CLIENT_KEY_FILE', default: 'none', meaning: 'its private key as a JWK file (private_key_jwt)' },
  { name: 'OIDC_SCOPES', default: 'openid offline_access user/*.rs', meaning: 'scopes the viewer asks for; add `user/ServiceRequest.cud user/Task.cud user/Consent.c` for those who give care, `user/Consent.cu user/Contract.u user/Task.u` for those who answer for sharing' },
  { name: 'ONESTORY_ISSUERS_FILE', default: 'none', meaning: 'JSON file of more issuers whose access tokens are accepted, each with how its claims say who asks: docs/signing-in.md' },
  { name: 'ONESTORY_ISSUER_KEY_FILES', default: 'a key in DATA_DIR', meaning: 'private ES384 keys (JWK files) the gateway signs its own tokens with, comma separated: the first signs, tokens of the others still count. Every process of one gateway needs the same' },
  { name: 'DEMO', default: 'true with the embedded database and issuer, else false', meaning: 'send the synthetic demo through intake when the record is empty' },
  { name: 'ONESTORY_SANDBOXES', default: '2 with the demo, else 0', meaning: 'partners\' sandboxes that may run at once, each in a process of its own under `DATA_DIR`; 0 offers none' },
  { name: 'UK_CORE_DIR', default: 'none', meaning: 'folder of UK Core definitions; findings against them are warnings' },
  { name: 'LOG_LEVEL', default: 'warn', meaning: 'fatal, error, warn, info, debug or silent; JSON lines on standard error' },
  { name: 'ONESTORY_SESSION_IDLE_SECONDS', default: '900', meaning: 'a viewer session nobody uses ends after this long' },
  { name: 'ONESTORY_SESSION_MAX_SECONDS', default: '28800', meaning: 'any viewer session ends after this long' },
  { name: 'ONESTORY_EMERGENCY_MINUTES', default: '60', meaning: 'emergency access ends by itself after this many minutes, 5 to 1440' },
  { name: 'ONESTORY_EMERGENCY_PER_HOUR', default: '20', meaning: 'most emergency access one person is given within an hour' },
  { name: 'ONESTORY_EMERGENCY_REVIEW_DAYS', default: '7', meaning: 'a review of emergency access open for this many days is logged as overdue' },
  { name: 'ONESTORY_SMALL_NUMBER', default: '5', meaning: 'counts of people below this are not told in reports' },
  { name: 'ONESTORY_TOKEN', default: 'none', meaning: 'bearer token the command line sends to the gateway' },
  { name: 'ONESTORY_MAX_BODY_BYTES', default: '2097152', meaning: 'largest FHIR request body, after decompression' },
  { name: 'ONESTORY_MAX_INTAKE_BYTES', default: '33554432', meaning: 'largest file a partner may post, after decompression; a kind may set less' },
  { name: 'ONESTORY_MLLP_PORT', default: 'none', meaning: 'TCP port for HL7 v2 messages by MLLP; without it there is no listener' },
  { name: 'ONESTORY_MLLP_HOST', default: '127.0.0.1', meaning: 'address that listener listens on; any address that is not loopback needs TLS' },
  { name: 'ONESTORY_MLLP_CERT_FILE', default: 'none', meaning: 'its certificate chain, PEM; with it every sender must show a certificate' },
  { name: 'ONESTORY_MLLP_KEY_FILE', default: 'none', meaning: 'the private key of that certificate, PEM' },
  { name: 'ONESTORY_MLLP_CA_FILE', default: 'none', meaning: 'the authorities whose certificates senders may show, PEM' },
  { name: 'ONESTORY_MLLP_CLIENTS', default: 'none', meaning: 'which certificate is which feed, comma separated: `feed=sha256:FINGERPRINT`, `feed=cn:COMMON-NAME`, or without TLS `feed=loopback`' },
  { name: 'ONESTORY_DROP_DIR', default: 'none', meaning: 'folder with one folder for each feed whose files are taken in; without it none are' },
  { name: 'ONESTORY_HOOK_HOSTS', default: 'none', meaning: 'hosts, comma separated, with a port or without, that notifications of subscriptions may be sent to though they are in a private network or without TLS' },
  { name: 'ONESTORY_AUDIT_ORIGIN', default: 'BASE_URL without its scheme, and /audit', meaning: 'name of the audit log in its checkpoints; kept from the first checkpoint on, and never to be changed' },
  { name: 'ONESTORY_AUDIT_KEY_FILES', default: 'database', meaning: 'Ed25519 private keys that sign checkpoints, PEM files, comma separated; `database` is the key kept there. All of them sign: name the old one beside the new one while partners change over' },
  { name: 'ONESTORY_AUDIT_RESTARTED_FROM', default: 'none', meaning: 'the name the audit log had before it was put back from a backup that witnesses saw more of: with it `ONESTORY_AUDIT_ORIGIN` may be another, once' },
  { name: 'ONESTORY_CHECKPOINT_MINUTES', default: '60', meaning: 'a checkpoint of the audit log is made at least this often while it grows' },
  { name: 'ONESTORY_CHECKPOINT_DIR', default: 'none', meaning: 'folder each checkpoint is written to, one file each: somewhere the operator of the database cannot write' },
  { name: 'ONESTORY_CHECKPOINT_HOOKS', default: 'none', meaning: 'addresses, comma separated, that each checkpoint is posted to as text, `https` and not in a private network unless `ONESTORY_HOOK_HOSTS` names the host' },
  { name: 'ONESTORY_CHECKPOINT_WITNESSES', default: 'none', meaning: 'partners that each checkpoint is sent to for their signature (C2SP tlog-witness), comma separated: `https://ADDRESS#NAME+ID+KEY`' },
  { name: 'ONESTORY_RATE_CLIENT', default: '30000', meaning: 'most requests of one client, and of one person signed in to it, in a minute, counted by each process; 0: no limit' },
  { name: 'ONESTORY_RATE_ADDRESS', default: '600', meaning: 'most requests from one address in a minute that name nobody the gateway knows, and, by themselves, requests for tokens that fail and sign-ins begun, counted by each process; 0: no limit' },
  { name: 'ONESTORY_PROXIES', default: 'none', meaning: 'addresses and networks of your own proxies, comma separated: the caller\'s address is then the one their X-Forwarded-For gives' },
  { name: 'ONESTORY_METRICS_PORT', default: 'none', meaning: 'TCP port that gives metrics in the form of Prometheus, at `/metrics`; without it there is no listener' },
  { name: 'ONESTORY_METRICS_HOST', default: '127.0.0.1', meaning: 'address that listener listens on; any address that is not loopback needs a token' },
  { name: 'ONESTORY_METRICS_TOKEN_FILE', default: 'none', meaning: 'file with the bearer token whoever fetches metrics must show, at least 32 characters' },
  { name: 'ONESTORY_MAX_JSON_DEPTH', default: '64', meaning: 'deepest nesting of a JSON body' },
  { name: 'ONESTORY_REQUEST_TIMEOUT_MS', default: '30000', meaning: 'longest time a request may take to arrive in full' },
  { name: 'ONESTORY_STOP_SECONDS', default: '25', meaning: 'longest time a gateway that is told to stop may take, four fifths of it for answers under way; fewer than whatever runs it gives before it kills' },
] as const satisfies readonly ConfigVariable[];

export type ConfigName = (typeof configVariables)[number]['name'];
