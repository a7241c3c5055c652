/**
 * What runs between the terminal host and the shell: perl, which is part of every Debian. Node can open the node's
 * multiplexer, but cannot make an ioctl or dup2.
 *
 * fd 3 is the pty's master, fd 4 tells the host what failed (it closes by itself at exec: end of file without text means
 * that the shell runs). Arguments: number of cgroup files, the files, then program and arguments.
 * TIOCSPTLCK 0x40045431, TIOCGPTPEER 0x5441 (linux/ioctls.h; the same on x86-64 and arm64).
 */
export const ATTACH_SCRIPT = `
use Fcntl; use POSIX ();
open(my $say, '>&=', 4) or exit 125;
fcntl($say, F_SETFD, FD_CLOEXEC);
sub fail { syswrite($say, "$_[0]: $!"); POSIX::_exit(125) }
my $n = shift @ARGV;
for my $file (splice @ARGV, 0, $n) {
  open(my $g, '>', $file) or fail("open $file");
  defined(syswrite($g, "0")) or fail("join $file");
  close $g;
}
open(my $master, '+<&=', 3) or fail('master');
my $unlocked = pack('i', 0);
defined ioctl($master, 0x40045431, $unlocked) or fail('unlock the terminal');
my $peer = ioctl($master, 0x5441, O_RDWR | O_NOCTTY);
defined $peer or fail('open the terminal');
$peer += 0;
for (0, 1, 2) { defined POSIX::dup2($peer, $_) or fail("dup2 $_") }
POSIX::close($peer) if $peer > 2;
close $master;
# Whatever else was inherited: opened without close-on-exec by whoever started the host.
opendir(my $fds, '/proc/self/fd') or fail('list open files');
my @others = grep { /^\\d+$/ && $_ > 4 && $_ != fileno($fds) } readdir $fds;
closedir $fds;
POSIX::close($_) for @others;
$SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT ILL TRAP ABRT FPE USR1 USR2 PIPE ALRM TERM CHLD CONT TSTP TTIN TTOU WINCH);
POSIX::sigprocmask(POSIX::SIG_SETMASK(), POSIX::SigSet->new);
exec { $ARGV[0] } @ARGV or fail("run $ARGV[0]");
`;
