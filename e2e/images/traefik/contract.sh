# What the official Traefik image promises; read by build.sh. The binary is the Dockerfile's.
packages="ca-certificates tzdata"

contract() {
  # The package's script would make this of the certificates.
  mkdir -p "$root/etc/ssl/certs"
  cat "$root"/usr/share/ca-certificates/mozilla/*.crt > "$root/etc/ssl/certs/ca-certificates.crt"
  install -m 755 "$here/entrypoint.sh" "$root/entrypoint.sh"
}
