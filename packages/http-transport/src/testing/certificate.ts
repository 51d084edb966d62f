/**
 * A self-signed certificate for the names of the service `user-service` in the namespace `shop`, valid until 2126. Made for these tests; protects nothing.
 */
export const userServiceTls: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTkSq9uYcVdjgZwh/
rsCMtYj2sN5QJ+LQmwBqwmfPJuehRANCAASy2ZQWWgF0te1EyyeNP1MNcMdwyi6p
ErmUVbpwj41X5v7BLjnVIFnwyhVsj4kBora+aOrUk9Buuh7bLLbFPAeL
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIB8DCCAZWgAwIBAgIUZi+QJgGw34N89V8Dh+p4MK3UoYwwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMdXNlci1zZXJ2aWNlMCAXDTI2MTEyNDA5NTkxOVoYDzIxMjYx
MDMxMDk1OTE5WjAXMRUwEwYDVQQDDAx1c2VyLXNlcnZpY2UwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASy2ZQWWgF0te1EyyeNP1MNcMdwyi6pErmUVbpwj41X5v7B
LjnVIFnwyhVsj4kBora+aOrUk9Buuh7bLLbFPAeLo4G8MIG5MB0GA1UdDgQWBBTb
vyYumNq+KVFg992VMpcJSU50EDAfBgNVHSMEGDAWgBTbvyYumNq+KVFg992VMpcJ
SU50EDAPBgNVHRMBAf8EBTADAQH/MGYGA1UdEQRfMF2CDHVzZXItc2VydmljZYIR
dXNlci1zZXJ2aWNlLnNob3CCFXVzZXItc2VydmljZS5zaG9wLnN2Y4IjdXNlci1z
ZXJ2aWNlLnNob3Auc3ZjLmNsdXN0ZXIubG9jYWwwCgYIKoZIzj0EAwIDSQAwRgIh
AOJH63I53scokJz1Ao29GHRLVMa1M9z1hPaMZi8qxeHIAiEA9EZdCEcCgDWlC9bB
Llucsj53V+rRKYvvgGE6d73TIS0=
-----END CERTIFICATE-----
`,
}
