# The emulated endpoint mapper and Exchange services: on mbx with the ports that lab.yaml calls static, on cas with
# dynamic ones.

start_exchange_rpc()
{
    background exchange_rpc_mbx mbx /usr/bin/python3 "$lab/emulated/exchange_rpc.py" "${address[mbx]}" \
        nspi=6004 rfr=6002
    background exchange_rpc_cas cas /usr/bin/python3 "$lab/emulated/exchange_rpc.py" "${address[cas]}" \
        emsmdb=59531 nspi=59532 rfr=59533
    listens mbx 135 6004 6002 && listens cas 135 59531 59532 59533
}
