# A program that knows nothing of Nightcrew, for the built-in command worker: sh chaos.sh <kind> <ticket> <seconds>
# Each attempt says in the ledger when it begins and when it is complete.
kind=$1 ticket=$2 seconds=$3

note() {
  echo "$1 $NIGHTCREW_JOB_ID $NIGHTCREW_ATTEMPT $$ $PPID $(date +%s%3N) $2" >>"$CHAOS_FOLDER/ledger"
}

exec 9>>"$CHAOS_FOLDER/locks/$NIGHTCREW_JOB_ID"
flock -n 9 || note overlap
note begin null

if [ "$NIGHTCREW_ATTEMPT" = 1 ]; then
  case $kind in
    crash-once) kill -SEGV $$ ;;
    hang-once) sleep 3600 9>&- ;;
    stubborn-once) trap '' TERM; sleep 3600 9>&-; sleep 3600 9>&- ;;
    freeze-once) kill -STOP $$ ;;
  esac
fi
case $kind in
  children)
    sleep 300 9>&- >/dev/null 2>&1 &
    setsid sh -c "trap '' TERM; sleep 300 & sleep 300" 9>&- >/dev/null 2>&1 &
    ;;
  garbage) printf 'Content-Length: 12\r\n\r\nno frame at all\n' ;;
  crash-always) kill -KILL $$ ;;
  fail) echo 'no convergence' >&2; exit 4 ;;
esac
[ "$seconds" = 0.001 ] || sleep "$seconds" 9>&-

note end
printf '{"ticket":"%s","n":0,"attempt":%s,"pid":%s,"padding":""}' \
  "$ticket" "$NIGHTCREW_ATTEMPT" $$ >"$NIGHTCREW_RESULT_FILE"
