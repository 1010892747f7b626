#!/usr/bin/env bash
# Reminders as real mails: Tend, the mail server exim with TLS and a login, and the mailboxes it delivers into.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=$(mktemp -d)
. "$here/tend.bash"
trap finish EXIT
exim=$(readlink -f "$here/../..")/build/tests-exim
"$here/unpack" "$exim" chat-mail || { echo 'not ok exim is there'; exit 1; }
smtp=$((port + 10)) smtps=$((port + 11))

# exim runs as one plain user, which must be called Debian-exim: its name is compiled in. That user may not reach the
# folder of the project, so what it needs is copied.
user=$(id -u) group=$(id -g) as=()
if [ "$user" = 0 ]; then
    user=65534 group=65534
    as=(setpriv --reuid $user --regid $group --clear-groups)
fi
mkdir -p "$folder/exim/spool" "$folder/exim/mail"
cp "$exim/usr/sbin/exim4" "$exim"/usr/lib/*-linux-gnu/lib*.so* "$folder/exim"
chmod 755 "$folder" "$folder/exim"
echo "Debian-exim:x:$user:$group::/:/bin/false" >"$folder/exim/passwd"
echo "Debian-exim:x:$group:" >"$folder/exim/group"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=mail.tend.test -addext subjectAltName=DNS:mail.tend.test \
    -keyout "$folder/exim/key.pem" -out "$folder/exim/cert.pem" 2>/dev/null
cat >"$folder/exim/conf" <<CONF
primary_hostname = mail.tend.test
exim_path = $folder/exim/exim4
spool_directory = $folder/exim/spool
log_file_path = $folder/exim/%slog
pid_file_path = $folder/exim/pid
keep_environment = LD_PRELOAD : LD_LIBRARY_PATH : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
deliver_drop_privilege = true
local_interfaces = 127.0.0.1
daemon_smtp_ports = $smtp : $smtps
tls_on_connect_ports = $smtps
tls_advertise_hosts = *
tls_certificate = $folder/exim/cert.pem
tls_privatekey = $folder/exim/key.pem
rfc1413_query_timeout = 0s
host_lookup =
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
mail:
  accept authenticated = *
  deny message = 530 5.7.0 Authentication required
rcpt:
  defer local_parts = later
        message = 451 4.7.1 Greylisted
  accept domains = tend.test
         verify = recipient
  deny message = 550 5.1.1 No such user here
data:
  deny condition = \${if eq{\$recipients}{spam@tend.test}}
       message = 554 5.6.0 This looks like spam
  accept
begin routers
mailboxes:
  driver = accept
  domains = tend.test
  local_parts = wang : li : spam : later
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = $folder/exim/mail/\$local_part_data
  maildir_format
  create_directory
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_advertise_condition = \${if eq{\$tls_in_cipher}{}{no}{yes}}
  server_condition = \${if and{{eq{\$auth2}{tend@tend.test}}{eq{\$auth3}{open-sesame}}}{yes}{no}}
  server_set_id = \$auth2
CONF
[ ${#as[@]} = 0 ] || chown -R $user:$group "$folder/exim"
# A preloaded library must not stand before a sanitizer's own; exim has none.
env LD_LIBRARY_PATH="$folder/exim" LD_PRELOAD=libnss_wrapper.so \
    NSS_WRAPPER_PASSWD="$folder/exim/passwd" NSS_WRAPPER_GROUP="$folder/exim/group" \
    "${as[@]}" "$folder/exim/exim4" -bdf -C "$folder/exim/conf" >"$folder/exim/out" 2>&1 &
servers+=($!)
wait_for 10 listens $smtps || { cat "$folder"/exim/out "$folder"/exim/*log; echo 'not ok exim starts'; exit 1; }

secret() { printf '%s\n' "$2" >"$folder/$1"; }
secret starttls "smtp://mail.tend.test:587"
secret tls "smtps://mail.tend.test"
secret bare "smtp://127.0.0.1:$smtp"
secret password open-sesame
secret wrong open-barley
channel() { # name url token ca_file
    local to=mail.tend.test:465:127.0.0.1:$smtps
    [ "$2" != starttls ] || to=mail.tend.test:587:127.0.0.1:$smtp
    printf '    %s: {type: email, url_file: %s, app: tend@tend.test, allow_loopback: true, connect_to: "%s"%s%s}\n' \
        "$1" "$folder/$2" "$to" "${3:+, token_file: $folder/$3}" "${4:+, ca_file: $folder/$4}"
}
start_tend < <(
    echo '  channels:'
    channel tls tls password exim/cert.pem
    channel starttls starttls password exim/cert.pem
    channel nologin tls '' exim/cert.pem
    channel wrong starttls wrong exim/cert.pem
    channel stranger tls password
    channel spam starttls password exim/cert.pem
    channel later tls password exim/cert.pem
    channel inject tls password exim/cert.pem
)

# First one who is not there: the same channel goes on with the others.
remind zhou tls nobody@tend.test
remind wang tls wang@tend.test '张三 <b>&<br> http://evil.example @all'
remind li starttls li@tend.test
remind zhao nologin wang@tend.test
remind qian wrong wang@tend.test
remind sun stranger wang@tend.test
remind wu spam spam@tend.test
remind zheng later later@tend.test
remind feng inject 'wang> SIZE=1,<li@tend.test'
remind chen tls wang@elsewhere.example

holds 'a mail leaves with TLS from the start' becomes wang SENT 8
holds 'a mail leaves with STARTTLS' becomes li SENT 8
holds 'without a login the channel stops' becomes zhao HELD 8 530
holds 'a wrong password stops the channel' becomes qian HELD 8 535
holds "a stranger's certificate stops the channel" becomes sun HELD 8 'certificate|CA cert'
holds 'a recipient that does not exist is told' becomes zhou HELD 8 'does not know the rep'
holds 'what is refused as spam is dead' becomes wu DEAD 8 'SMTP 554'
holds 'what is greylisted waits' becomes zheng HELD 8 'SMTP 451'
holds 'no address smuggles a command in' becomes feng HELD 8 'no mail address'
holds 'an event cannot send it to another domain' becomes chen HELD 8 'elsewhere.example'

arrived() { ls "$folder/exim/mail/wang/new/"* "$folder/exim/mail/li/new/"*; }
wait_for 10 arrived
python3 - "$folder/exim/mail" <<'PY'
import email, email.policy, os, sys
failed = False
def holds(name, fact):
    global failed
    failed = failed or not fact
    print("ok" if fact else "not ok", name)
for user in ["wang", "li"]:
    folder = os.path.join(sys.argv[1], user, "new")
    mails = [email.message_from_binary_file(open(os.path.join(folder, name), "rb"), policy=email.policy.SMTP)
             for name in os.listdir(folder)]
    holds(f"{user} got one mail", len(mails) == 1)
    mail = mails[0]
    text = mail.get_content()
    holds(f"{user}'s has the letter", "寄色卡" in text and "张三" in text and "#" in text and "\ufffd" not in text)
    holds(f"{user}'s subject says who", "张三" in mail["Subject"] and mail["Subject"] != text.splitlines()[0].strip())
    holds(f"{user}'s is from and to whom it should be",
          mail["From"] == "tend@tend.test" and mail["To"] == f"{user}@tend.test")
    holds(f"{user}'s has its id", mail["Message-ID"].startswith("<tend." + text.split("#")[-1].strip()))
    holds(f"{user}'s says that a program sent it", mail["Auto-Submitted"] == "auto-generated")
    holds(f"{user}'s has nothing that a mail program would find wrong",
          not mail.defects and not any(part.defects for part in mail.walk()))
    holds(f"{user}'s came encrypted", "esmtpsa" in mail["Received"])
    if user == "wang":
        holds("a customer's name is no link and no markup", "http://evil" not in text and "<b>" not in text)
sys.exit(failed)
PY
[ $? = 0 ] || code=1
[ $code = 0 ] || tail -n 20 "$folder"/exim/*log
exit $code
