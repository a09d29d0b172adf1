# Two ClickHouse servers on loopback, shards of the cluster "two", for tests; sourced. They stop when the test ends, however it
# ends. `servers_begin` needs $work; with SHARD_2 set to another address of loopback, the second is there, with the same port.
# It sets HTTP_1 and HTTP_2 (host:port); what tls_pids names ends with them. server_start N, server_stop N.
server_pids=(0 0 0)

free_port()
{
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

server_configure()
{
    local n=$1 folder=$work/server$1
    mkdir -p "$folder"
    cat > "$folder/config.xml" << END
<yandex>
  <logger><level>warning</level><log>$folder/log</log><errorlog>$folder/errors</errorlog></logger>
  <http_port>$2</http_port><tcp_port>$3</tcp_port><interserver_http_port>$4</interserver_http_port>
  <listen_host>$7</listen_host>
  <path>$folder/data/</path><tmp_path>$folder/tmp/</tmp_path><users_config>users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>268435456</mark_cache_size>
  <remote_servers><two>
    <shard><replica><host>127.0.0.1</host><port>$5</port><user>default</user></replica></shard>
    <shard><replica><host>${SHARD_2:-127.0.0.1}</host><port>$6</port><user>default</user></replica></shard>
  </two></remote_servers>
</yandex>
END
    cat > "$folder/users.xml" << END
<yandex>
  <profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
  <users>
    <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
    <sensor><password>of sensors</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></sensor>
  </users>
  <quotas><default/></quotas>
</yandex>
END
}

server_start()
{
    clickhouse-server --config-file="$work/server$1/config.xml" > "$work/server$1/out" 2>&1 &
    server_pids[$1]=$!
    local name="HTTP_$1"
    for _ in $(seq 100); do
        [ "$(sql "${!name}" 'SELECT 1' 2> /dev/null)" = 1 ] && return 0
        sleep 0.2
    done
    echo "FAIL: clickhouse-server does not start: $(tail -3 "$work/server$1/errors")"
    return 1
}

server_stop()
{
    [ "${server_pids[$1]}" -ne 0 ] || return 0
    kill -9 "${server_pids[$1]}" 2> /dev/null
    wait "${server_pids[$1]}" 2> /dev/null
    server_pids[$1]=0
}

servers_end()
{
    [ -z "${tls_pids:-}" ] || kill $tls_pids 2> /dev/null
    server_stop 1
    server_stop 2
    rm -rf "$work"
}

servers_begin()
{
    trap servers_end EXIT
    trap 'exit 1' INT TERM HUP
    local http1 http2 tcp1 tcp2
    http1=$(free_port) http2=$(free_port)
    [ -z "${SHARD_2:-}" ] || http2=$http1
    tcp1=$(free_port) tcp2=$(free_port)
    HTTP_1=127.0.0.1:$http1
    HTTP_2=${SHARD_2:-127.0.0.1}:$http2
    server_configure 1 "$http1" "$tcp1" "$(free_port)" "$tcp1" "$tcp2" 127.0.0.1
    server_configure 2 "$http2" "$tcp2" "$(free_port)" "$tcp1" "$tcp2" "${SHARD_2:-127.0.0.1}"
    server_start 1 && server_start 2
}

# sql HOST:PORT STATEMENT
sql()
{
    python3 - "$@" << 'END'
import sys, urllib.request
try:
    print(urllib.request.urlopen(f"http://{sys.argv[1]}/", sys.argv[2].encode()).read().decode().rstrip("\n"))
except Exception as problem:
    sys.exit(f"{problem} {problem.read().decode() if hasattr(problem, 'read') else ''}")
END
}
