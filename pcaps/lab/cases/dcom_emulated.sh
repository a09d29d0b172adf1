# dcom_emulated: an object is activated; where it lives is told by activation and by ResolveOxid2 (server emulated)
servers=(dcom)

drive()
{
    ok client /usr/bin/python3 "$lab/clients/dcom_talk.py" "${address[hub]}"
    says "created at ${address[hub]}[59600]"
    says "resolved at ${address[hub]}[59600]"
    says released
    fact hub:135/tcp protocol dcerpc
    fact hub:135/tcp client "${address[client]}"
    fact hub:135/tcp rpc.accepted 99fcfec4-5260-101b-bbcb-00aa0021347a/0.0
    fact hub:135/tcp rpc.accepted 000001a0-0000-0000-c000-000000000046/0.0
    fact hub:59600/tcp protocol dcerpc
    fact hub:59600/tcp rpc.accepted 00000143-0000-0000-c000-000000000046/0.0
    fact hub:59600/tcp learned resolve_oxid
    fact hub:59600/tcp learned remote_create_instance
}
