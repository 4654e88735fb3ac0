# Picks the agent for the tools that the proxy's image has. Each exec replaces
# this shell, so the session costs one process.
perl_agent=$1 shell_agent=$2
shift 2
if command -v perl >/dev/null 2>&1; then
  exec perl -e "$perl_agent" "$@"
elif command -v bash >/dev/null 2>&1; then
  exec bash -c "$shell_agent" bluegreen-agent "$@"
else
  exec sh -c "$shell_agent" bluegreen-agent "$@"
fi
