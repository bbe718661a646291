B=http://127.0.0.1:18788; M=http://127.0.0.1:18900/_mock
t(){ echo "### $*"; curl -s -i --max-time 15 "$@" | grep -vi '^date:\|^content-l' | head -c ${N:-900}; echo; }
t $B/providers/tensorpix/api/accounts/profile/balance/
curl -s -X PUT $M/tensorpix -d '429-retry-after-300'; echo
sleep 1.3
t $B/providers/tensorpix/api/accounts/profile/balance/   # stale, refresh behind
sleep 0.5
t $B/providers/tensorpix/api/accounts/profile/balance/
t $B/providers/tensorpix/api/accounts/profile/balance/ -H 'Cache-Control: no-cache'
t $B/providers/tensorpix/api/accounts/profile/balance/ -H 'Cache-Control: only-if-cached'
t $B/v1/balances/tensorpix
t $B/v1/balances/tensorpix -H 'Cache-Control: no-cache'
t "$B/v1/balances?require=tensorpix&provider=tensorpix"
t $B/v1/guard?account=tensorpix\&needs=1
t $B/v1/explain/tensorpix/default
# 401 after good
t $B/providers/hyper3d/api/v2/check_balance
curl -s -X PUT $M/hyper3d -d '401'; sleep 1.2
t $B/providers/hyper3d/api/v2/check_balance -H 'Cache-Control: no-cache'
t $B/v1/balances/hyper3d
t $B/v1/balances/hyper3d -H 'Cache-Control: only-if-cached'
