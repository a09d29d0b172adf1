"""NTLM as a server, as far as a challenge: what the clients answer is believed. Shared by the emulations."""
import os

from impacket import ntlm


def challenge(negotiate, host):
    """The CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2) to a NEGOTIATE_MESSAGE, so made that NTLMv2 answers it."""
    hello = ntlm.NTLMAuthNegotiate()
    hello.fromString(negotiate)
    name = "CORP".encode("utf-16le")
    target = ntlm.AV_PAIRS()
    target[ntlm.NTLMSSP_AV_DOMAINNAME] = name
    target[ntlm.NTLMSSP_AV_HOSTNAME] = host.encode("utf-16le")
    info = target.getData()
    answer = ntlm.NTLMAuthChallenge()
    answer["flags"] = hello["flags"] | ntlm.NTLMSSP_NEGOTIATE_TARGET_INFO | ntlm.NTLMSSP_TARGET_TYPE_DOMAIN
    answer["domain_len"] = answer["domain_max_len"] = len(name)
    answer["domain_offset"] = 56
    answer["challenge"] = os.urandom(8)
    answer["domain_name"] = name
    answer["TargetInfoFields_len"] = answer["TargetInfoFields_max_len"] = len(info)
    answer["TargetInfoFields"] = info
    answer["TargetInfoFields_offset"] = 56 + len(name)
    answer["Version"], answer["VersionLen"] = b"\x06\x01\xb1\x1d\0\0\0\x0f", 8
    return answer.getData()
