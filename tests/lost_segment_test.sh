#!/usr/bin/env bash
# Small captures without one of their TCP segments, each in turn.
exec python3 tests/lost_segment_test.py "$1" pcaps/{dcom_emulated,exchange_anonymoustls_emulated,imap_gss,krb,rpc_over_http_emulated}.pcap
