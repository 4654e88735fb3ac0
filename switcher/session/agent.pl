# The agent of a session, for images with perl (perl-base is enough). It reads
# requests on stdin and answers on stdout until stdin ends; the lock that it
# holds ends with it. agent.sh speaks the same protocol; see protocol.go.
use strict;

my $idle     = 60;    # seconds without a request; the client pings more often
my $patience = 10;    # seconds for the proxy's answer

# Linux's own numbers, since loading Fcntl and Socket takes several times as
# long as starting perl.
my ($LOCK_SH, $LOCK_EX, $LOCK_NB, $LOCK_UN) = (1, 2, 4, 8);
my ($O_RDONLY, $O_CREAT)               = (0, 0100);
my ($AF_UNIX,  $AF_INET, $SOCK_STREAM) = (1, 2,  1);
my ($ENOENT,   $ENOTDIR)               = (2, 20);

$| = 1;
$SIG{PIPE} = 'IGNORE';
umask 022;

my ($dir, @candidates) = @ARGV;
my ($input, $lock) = ('', undef);

# fail ends a request: the first word of the text tells the client its kind.
sub fail { die join(' ', @_) . "\n" }

# quoted puts a space before each line, and ends the last one.
sub quoted {
    my ($text) = @_;
    return '' unless defined $text && length $text;
    $text =~ s/\n?\z/\n/;
    $text =~ s/^/ /mg;
    return $text;
}

sub answer {
    my ($payload, $result) = @_;
    print $payload . "=$result\n" or exit;
}

# --- requests ---

# A client whose network is gone never closes stdin, so silence ends the
# agent too.
sub fill {
    my $bits = '';
    vec($bits, 0, 1) = 1;
    select($bits, undef, undef, $idle) or exit;
    sysread(STDIN, $input, 65536, length $input) or exit;
}

sub take_line {
    my $end;
    fill() while ($end = index($input, "\n")) < 0;
    my $line = substr($input, 0, $end + 1, '');
    chomp $line;
    return $line;
}

sub take_bytes {
    my ($size) = @_;
    fill() while length $input < $size;
    return substr($input, 0, $size, '');
}

# --- files ---

sub make_dir { -d $dir or mkdir $dir or fail('io', "make directory $dir: $!") }

sub slurp {
    my ($file) = @_;
    open(my $in, '<', $file) or return;
    -d $in and fail('io', "read $file: it is a directory");
    local $/;
    my $content = <$in>;
    return $content // '';
}

sub flush {
    my ($handle, $name) = @_;
    require IO;    # has sync, and is less to load than IO::Handle
    IO::Handle::sync($handle) or fail('io', "fsync $name: $!");
}

sub flush_dir {
    my ($file) = @_;
    my ($parent) = $file =~ m{^(.*)/} or return;
    sysopen(my $handle, $parent, $O_RDONLY) or fail('io', "open $parent: $!");
    flush($handle, $parent);
}

sub write_all {
    my ($out, $content) = @_;
    my $done = 0;
    while ($done < length $content) {
        my $written = syswrite($out, $content, length($content) - $done, $done);
        return unless defined $written;
        $done += $written;
    }
    return 1;
}

# put replaces a file in one step: whoever reads it sees all or nothing. The
# temporary file lies beside it, unless told otherwise.
sub put {
    my ($file, $content, $durable, $temporary, $mask) = @_;
    make_dir();
    $temporary = "$file.$$.tmp" unless defined $temporary;
    my $usual = umask($mask // 022);
    my $opened = open(my $out, '>', $temporary);
    umask $usual;
    $opened or fail('io', "write $temporary: $!");
    write_all($out, $content) or fail('io', "write $temporary: $!");
    flush($out, $temporary) if $durable;
    close $out or fail('io', "write $temporary: $!");
    rename $temporary, $file or fail('io', "rename $temporary to $file: $!");
    flush_dir($file) if $durable;
}

sub read_files {
    my $payload = '';
    for my $file (@_) {
        my $content = slurp($file);
        if (!defined $content) {
            $! == $ENOENT || $! == $ENOTDIR or fail('io', "read $file: $!");
            $payload .= "-$file\n";
            next;
        }
        $payload .= "+$file\n" . quoted($content);
    }
    answer($payload, 'ok');
}

sub write_file {
    my ($file, $size) = @_;
    my $content = take_bytes($size);
    put($file, $content, 1);
    answer(quoted(slurp($file)), 'ok');
}

# seal is write for a file that nobody else may read.
sub seal_file {
    my ($file, $size) = @_;
    my $content = take_bytes($size);
    put($file, $content, 1, undef, 077);
    answer(quoted(slurp($file)), 'ok');
}

# place is seal for a directory that the proxy watches: the temporary file
# lies with the state, so that the one rename is all that happens there.
sub place_file {
    my ($file, $size) = @_;
    my $content = take_bytes($size);
    my ($parent, $name) = $file =~ m{^(.+)/([^/]+)\z} or fail('io', "$file has no directory");
    -d $parent or mkdir $parent or fail('io', "make directory $parent: $!");
    put($file, $content, 1, "$dir/$name.$$.tmp", 077);
    answer(quoted(slurp($file)), 'ok');
}

# append adds one line; a line that a crash has left torn keeps to itself.
sub append_file {
    my ($file, $size) = @_;
    my $line = take_bytes($size);
    make_dir();
    my $old = slurp($file);
    $line = "\n$line" if defined $old && $old =~ /[^\n]\z/;
    open(my $out, '>>', $file) or fail('io', "append to $file: $!");
    write_all($out, $line) or fail('io', "append to $file: $!");
    flush($out, $file);
    flush_dir($file) unless defined $old;
    my $lines = ($old // '') . $line;
    answer('', 'ok ' . ($lines =~ tr/\n//));
}

sub remove_files {
    for my $file (@_) {
        unlink $file or $! == $ENOENT or fail('io', "remove $file: $!");
    }
    answer('', 'ok');
}

# --- lock ---

sub open_lock {
    sysopen(my $handle, "$dir/lock", $O_RDONLY | $O_CREAT, 0644) or fail('io', "open $dir/lock: $!");
    return $handle;
}

sub holder {
    my $json = slurp("$dir/holder.json") // '';
    $json =~ tr/\n/ /;
    return $json;
}

sub acquire {
    my ($wait, $holder) = @_;
    make_dir();
    if (!$lock) {
        my $handle = open_lock();
        my ($taken, $former) = wait_for($handle, $wait);
        $taken or fail('locked', $former // holder());
        $lock = $handle;
    }
    put("$dir/holder.json", "$holder\n", 0);
    answer('', 'ok');
}

# Even without waiting it is tried for 2 s: a probe (see held) takes the
# lock for an instant, and a client that was just killed has left an agent
# that is about to notice. It is no chance to overtake: a holder that has
# ended well takes its name away (see bye), and what the caller knew when it
# was started is not true any more.
sub wait_for {
    my ($handle, $wait) = @_;
    my $seen;
    for (1 .. 100) {
        if (flock($handle, $LOCK_EX | $LOCK_NB)) {
            return 1 if $wait > 0 || !$seen || $seen eq holder();
            flock($handle, $LOCK_UN);
            return (0, $seen);
        }
        $seen = holder() || $seen;
        select(undef, undef, undef, 0.02);
    }
    return 0 if $wait <= 0;
    local $SIG{ALRM} = sub { };    # interrupts flock
    alarm $wait;
    my $taken = flock($handle, $LOCK_EX);
    alarm 0;
    return $taken;
}

# bye takes the holder's name away, which a killed one cannot.
sub bye {
    unlink "$dir/holder.json" if $lock;
    undef $lock;
    answer('', 'ok');
    exit;
}

sub held {
    return answer('', 'ok free') unless -e "$dir/lock";
    sysopen(my $handle, "$dir/lock", $O_RDONLY) or fail('io', "open $dir/lock: $!");
    return answer('', 'ok free') if flock($handle, $LOCK_SH | $LOCK_NB);
    answer(quoted(holder()), 'ok held');
}

# --- the proxy ---

# ask sends one command to the proxy's administration socket, or to its port
# on the loopback interface.
sub ask {
    my ($path, $port, $command) = @_;
    my $socket = dial($AF_UNIX, pack('S a*', $AF_UNIX, "$path\0"))
        || dial($AF_INET, pack('S n C4 x8', $AF_INET, $port, 127, 0, 0, 1))
        or fail('refused', "connect to $path: $!");
    converse($socket, $path, "$command\n");
}

# talk sends bytes to a port on the loopback interface.
sub talk {
    my ($port, $size) = @_;
    my $request = take_bytes($size);
    my $name = "127.0.0.1:$port";
    my $socket = dial($AF_INET, pack('S n C4 x8', $AF_INET, $port, 127, 0, 0, 1)) or fail('refused', "connect to $name: $!");
    converse($socket, $name, $request);
}

# converse sends a request and answers what comes until the end.
sub converse {
    my ($socket, $path, $request) = @_;
    defined syswrite($socket, $request) or fail('refused', "write to $path: $!");
    my $answer = '';
    while (1) {
        my $bits = '';
        vec($bits, fileno $socket, 1) = 1;
        select($bits, undef, undef, $patience) or fail('refused', "$path: no answer for $patience s");
        my $got = sysread($socket, $answer, 65536, length $answer);
        defined $got or fail('refused', "read from $path: $!");
        last unless $got;
    }
    answer(quoted($answer), 'ok');
}

# get asks a port of the loopback interface for a page, and answers with the
# first line of the reply.
sub get {
    my ($port, $host, $path) = @_;
    my $socket = dial($AF_INET, pack('S n C4 x8', $AF_INET, $port, 127, 0, 0, 1))
        or fail('refused', "connect to 127.0.0.1:$port: $!");
    defined syswrite($socket, "GET $path HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n")
        or fail('refused', "write to 127.0.0.1:$port: $!");
    my $reply = '';
    while ($reply !~ /\n/) {
        my $bits = '';
        vec($bits, fileno $socket, 1) = 1;
        select($bits, undef, undef, $patience) or fail('refused', "127.0.0.1:$port: no reply for $patience s");
        last unless sysread($socket, $reply, 4096, length $reply);
    }
    my ($first) = $reply =~ /^([^\r\n]*)/;
    answer('', "ok $first");
}

sub dial {
    my ($family, $address) = @_;
    socket(my $socket, $family, $SOCK_STREAM, 0) or return;
    return connect($socket, $address) ? $socket : undef;
}

# reach tells whether a host accepts connections on a port. The answer must
# come within 2 s, and the clock is alarm: connect alone would wait minutes.
sub reach {
    my ($host, $port) = @_;
    my $address = gethostbyname($host) or fail('refused', "$host: no such host");
    local $SIG{ALRM} = sub { };
    alarm 2;
    my $socket = dial($AF_INET, pack('S n a4 x8', $AF_INET, $port, $address));
    my $why = "$!";
    alarm 0;
    $socket or fail('refused', "connect to $host:$port: $why");
    answer('', 'ok');
}

# run starts a program and answers what it said and its exit status. Perl
# closes the lock's descriptor for it, so that the lock cannot outlive us.
sub run {
    my $pid = open(my $out, '-|');
    defined $pid or fail('io', "start $_[0]: $!");
    if (!$pid) {
        open(STDIN, '<', '/dev/null');
        open(STDERR, '>&', \*STDOUT);
        $SIG{PIPE} = 'DEFAULT';
        no warnings 'exec';
        exec { $_[0] } @_ or do { syswrite(STDOUT, "$_[0]: $!\n"); kill 'KILL', $$ };
    }
    local $/;
    my $said = <$out>;
    close $out;
    answer(quoted($said), 'ok ' . ($? & 127 ? 127 : $? >> 8));
}

my %verbs = (
    ping   => sub { answer('', 'ok') },
    read   => sub { read_files(split / /, $_[0]) },
    write  => sub { write_file(split / /, $_[0]) },
    seal   => sub { seal_file(split / /, $_[0]) },
    place  => sub { place_file(split / /, $_[0]) },
    append => sub { append_file(split / /, $_[0]) },
    remove => sub { remove_files(split / /, $_[0]) },
    lock   => sub { acquire(split / /, $_[0], 2) },
    held   => \&held,
    ask    => sub { ask(split / /, $_[0], 3) },
    talk   => sub { talk(split / /, $_[0]) },
    reach  => sub { reach(split / /, $_[0]) },
    run    => sub { run(split / /, $_[0]) },
    kill   => sub {
        my ($signal, $pid) = split / /, $_[0];
        kill $signal, $pid or fail('io', "send $signal to process $pid: $!");
        answer('', 'ok');
    },
    bye => \&bye,
);

for my $candidate (@candidates) {
    if (-e "$candidate/project.json") { $dir = $candidate; last }
}
answer('', $dir ? "ok bluegreen 1 perl $dir" : 'err nostate');

while (1) {
    my ($verb, $rest) = split / /, take_line(), 2;
    eval { ($verbs{$verb} || sub { fail('unknown', $verb) })->(defined $rest ? $rest : ''); 1 }
        or do { chomp(my $why = $@); $why =~ tr/\n/ /; answer('', "err $why") };
}
