# Apache on cas with the paths of a Client Access server: Basic, Negotiate, and Basic checked by the domain controller.
# Beside it, on 8080, a scripted server that speaks NTLM, for which Debian has no module.

start_web()
{
    local dir=$state/web path modules=/usr/lib/apache2/modules
    mkdir -p "$dir/run" /var/log/lab
    for path in owa ews autodiscover oab public Microsoft-Server-ActiveSync; do
        mkdir -p "$dir/www/$path"
        echo "<html>$path</html>" > "$dir/www/$path/index.html"
    done
    htpasswd -bc "$dir/passwords" alice "$secret"
    echo "alice:cas:$(printf 'alice:cas:%s' "$secret" | md5sum | cut -c 1-32)" > "$dir/digests"
    cat > "$dir/httpd.conf" << END
ServerRoot $dir
PidFile run/pid
DefaultRuntimeDir run
ServerName cas.corp.example
User www-data
Group www-data
$(for path in mpm_event authz_core authz_user authn_core authn_file auth_basic auth_digest auth_gssapi dir ssl socache_shmcb http2 \
    alias; do echo "LoadModule ${path}_module $modules/mod_$path.so"; done)
Listen ${address[cas]}:80
Listen ${address[cas]}:443
ErrorLog /dev/stderr
DocumentRoot www
DirectoryIndex index.html
Protocols h2 http/1.1
<Location /owa>
    AuthType Basic
    AuthName cas
    AuthUserFile passwords
    Require valid-user
</Location>
<Location /ews>
    AuthType GSSAPI
    AuthName cas
    GssapiCredStore keytab:$state/services.keytab
    Require valid-user
</Location>
<Location /autodiscover>
    AuthType GSSAPI
    AuthName cas
    GssapiBasicAuth On
    GssapiCredStore keytab:$state/services.keytab
    Require valid-user
</Location>
<Location /public>
    AuthType Digest
    AuthName cas
    AuthUserFile digests
    Require valid-user
</Location>
RedirectMatch 302 ^/exchange(.*)$ https://cas.corp.example/owa/
<VirtualHost ${address[cas]}:443>
    SSLEngine on
    SSLCertificateFile $state/tls/cas.pem
    SSLCertificateKeyFile $state/tls/cas.key
</VirtualHost>
END
    background apache cas apache2 -f "$dir/httpd.conf" -DFOREGROUND
    background ntlm_web cas /usr/bin/python3 "$lab/emulated/ntlm_web.py" "${address[cas]}" 8080
    listens cas 80 443 8080
}
