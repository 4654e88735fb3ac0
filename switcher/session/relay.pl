# Relays between its stdin and stdout and a port of the loopback interface, or of
# another host, until either side ends. It begins with a line of its own when it
# is connected.
use strict;

my ($port, $host) = @ARGV;
my $name = "$host:$port";
socket(my $socket, 2, 1, 0) or die "connect to $name: $!\n";
connect($socket, pack('S n C4 x8', 2, $port, split /\./, $host)) or die "connect to $name: $!\n";

syswrite(STDOUT, "connected\n");

# pass hands on what one side has said, and tells whether it may say more.
sub pass {
    my ($from, $to) = @_;
    my $got = sysread($from, my $said, 65536) or exit;
    for (my $done = 0; $done < $got;) {
        my $put = syswrite($to, $said, $got - $done, $done);
        defined $put or exit;
        $done += $put;
    }
}

while (1) {
    my $bits = '';
    vec($bits, fileno $_, 1) = 1 for (*STDIN, $socket);
    select($bits, undef, undef, undef);
    pass($socket, *STDOUT) if vec($bits, fileno $socket, 1);
    pass(*STDIN, $socket) if vec($bits, fileno STDIN, 1);
}
