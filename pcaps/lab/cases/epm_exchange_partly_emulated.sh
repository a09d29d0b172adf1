# epm_exchange_partly_emulated: mappers hand out Exchange's services, clients go there (servers emulated, client not)
servers=(exchange_rpc)
emsmdb='a4f1db00-ca47-1067-b31f-00dd010662da 0.81'
nspi='f5cc5a18-4264-101a-8c59-08002b2f8426 56.0'
rfr='1544f5e0-613c-11d1-93df-00c04fd7bd09 1.0'

# call HOST NAME "UUID VERSION" PORT
call()
{
    # shellcheck disable=SC2086  # two words
    ok client /usr/bin/python3 "$lab/clients/rpc_talk.py" "${address[$1]}" $3
    says "mapped $4"
    says called
    fact "$1:135/tcp" protocol dcerpc
    fact "$1:135/tcp" rpc.asked "${3/ //}"
    fact "$1:$4/tcp" protocol dcerpc
    fact "$1:$4/tcp" client "${address[client]}"
    fact "$1:$4/tcp" rpc.accepted "${3/ //}"
    fact "$1:$4/tcp" rpc.data_auth none/none
    fact "$1:$4/tcp" endpoint "$2"
}

drive()
{
    call mbx nspi "$nspi" 6004
    call mbx rfr "$rfr" 6002
    call cas emsmdb "$emsmdb" 59531
    call cas nspi "$nspi" 59532
    call cas rfr "$rfr" 59533
    # shellcheck disable=SC2086
    fails client /usr/bin/python3 "$lab/clients/rpc_talk.py" "${address[mbx]}" $emsmdb
    says not_registered
    fact mbx:135/tcp rpc.not_registered "${emsmdb/ //}"
}
