# scenes/one_direction: conforming, captured where nothing that edge sends comes by (tcpdump was told to leave it out)
# shellcheck source=pcaps/lab/cases/scenes/conforming.sh
. "$lab/cases/scenes/conforming.sh"
frames=(not src host "${address[edge]}")

drive()
{
    local times
    directory hub
    for times in once again; do
        mail ok hub edge -tls
        says 'TLSv1.3'
        mail ok edge hub -tls
        says 'TLSv1.3'
        [ $times = again ] || sleep 3
    done
    fact edge:25/tcp client "${address[hub]}"
    fact edge:25/tcp disposition one-way
    fact edge:25/tcp verdict undetermined
    mute edge:25/tcp smtp.starttls offered
    fact hub:25/tcp client "${address[edge]}"
    fact hub:25/tcp disposition one-way
    fact hub:25/tcp verdict undetermined
    ok hub kdestroy
}
