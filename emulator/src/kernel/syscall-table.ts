// The system calls: number, name, argument kinds, and what carries each out. Calls that Linux has and nobody wrote stop the program by name.
// Must stay true: one row per number; a call that is refused on purpose says which error and why.
import * as attributes from './attribute-calls';
import * as descriptors from './descriptor-calls';
import * as directories from './directory-calls';
import * as errno from './errno';
import * as inotify from './inotify-calls';
import * as locks from './lock-calls';
import * as memory from './memory-calls';
import * as pidfds from './pidfd-calls';
import * as poll from './poll-calls';
import * as process from './process-calls';
import * as scheduling from './scheduling-calls';
import * as segments from './shared-memory-calls';
import * as signalFiles from './signal-files';
import * as signals from './signal-calls';
import * as sockets from './socket-calls';
import * as threads from './thread-calls';
import * as options from './socket-options';
import * as splices from './splice-calls';
import * as stats from './stat-calls';
import * as time from './time-calls';
import * as transfers from './transfer-calls';
import type { Handler } from './kernel';
import { signalReturn } from './signals';

export type ArgumentKind = 'fd' | 'path' | 'pointer' | 'size' | 'int' | 'flags' | 'mode' | 'signal';
export interface Syscall { number: number; name: string; arguments: readonly ArgumentKind[]; handler: Handler | undefined; /** Changes nothing but its result and the memory it names, and never waits. */ quick?: true; /** Made by programs and runtimes that only wait. */ idle?: true }

const table: (Syscall | undefined)[] = [];
function call(number: number, name: string, kinds: string, handler?: Handler): void {
  table[number] = { number, name, arguments: kinds === '' ? [] : kinds.split(' ') as ArgumentKind[], handler };
}
/** Answers with an error on purpose. */
function refuse(number: number, name: string, code: number, _why: string): void { call(number, name, '', () => -code); }

function quick(number: number, name: string, kinds: string, handler: Handler): void {
  call(number, name, kinds, handler);
  table[number]!.quick = true;
}

/** Undefined where Linux has no such number: it answers ENOSYS there. */
export const syscallTable: readonly (Syscall | undefined)[] = table;

call(0, 'read', 'fd pointer size', transfers.read);
call(1, 'write', 'fd pointer size', transfers.write);
call(2, 'open', 'path flags mode', descriptors.openCall);
call(3, 'close', 'fd', descriptors.close);
call(4, 'stat', 'path pointer', stats.stat);
call(5, 'fstat', 'fd pointer', stats.fstat);
call(6, 'lstat', 'path pointer', stats.lstat);
call(7, 'poll', 'pointer int int', poll.poll);
call(8, 'lseek', 'fd int int', transfers.lseek);
call(9, 'mmap', 'pointer size flags flags fd size', memory.mmap);
call(10, 'mprotect', 'pointer size flags', memory.mprotect);
call(11, 'munmap', 'pointer size', memory.munmap);
call(12, 'brk', 'pointer', memory.brk);
call(13, 'rt_sigaction', 'signal pointer pointer size', signals.rtSigaction);
call(14, 'rt_sigprocmask', 'int pointer pointer size', signals.rtSigprocmask);
call(15, 'rt_sigreturn', '', signalReturn);
call(16, 'ioctl', 'fd int pointer', descriptors.ioctl);
call(17, 'pread64', 'fd pointer size size', transfers.pread64);
call(18, 'pwrite64', 'fd pointer size size', transfers.pwrite64);
call(19, 'readv', 'fd pointer int', transfers.readv);
call(20, 'writev', 'fd pointer int', transfers.writev);
call(21, 'access', 'path mode', stats.access);
call(22, 'pipe', 'pointer', poll.pipe);
call(23, 'select', 'int pointer pointer pointer pointer', poll.select);
call(24, 'sched_yield', '', threads.schedYield);
call(25, 'mremap', 'pointer size size flags pointer', memory.mremap);
call(26, 'msync', 'pointer size flags', memory.msync);
call(27, 'mincore', 'pointer size pointer', memory.mincore);
call(28, 'madvise', 'pointer size int', memory.madvise);
call(32, 'dup', 'fd', descriptors.dup);
call(33, 'dup2', 'fd fd', descriptors.dup2);
call(34, 'pause', '', signals.pause);
call(29, 'shmget', 'int size flags', segments.shmget);
call(30, 'shmat', 'int pointer flags', segments.shmat);
call(31, 'shmctl', 'int int pointer', segments.shmctl);
call(35, 'nanosleep', 'pointer pointer', time.nanosleep);
call(36, 'getitimer', 'int pointer', time.getitimer);
call(37, 'alarm', 'int', time.alarm);
call(38, 'setitimer', 'int pointer pointer', time.setitimer);
quick(39, 'getpid', '', process.getpid);
call(40, 'sendfile', 'fd fd pointer size', transfers.sendfile);
call(56, 'clone', 'flags pointer pointer pointer pointer', threads.clone);
refuse(57, 'fork', errno.ENOSYS, 'one process');
refuse(58, 'vfork', errno.ENOSYS, 'one process');
refuse(59, 'execve', errno.EACCES, 'no other program is run');
call(60, 'exit', 'int', threads.exitThread);
call(61, 'wait4', 'int pointer flags pointer', process.wait4);
call(62, 'kill', 'int signal', signals.kill);
call(63, 'uname', 'pointer', process.uname);
call(67, 'shmdt', 'pointer', segments.shmdt);
call(72, 'fcntl', 'fd int pointer', descriptors.fcntl);
call(73, 'flock', 'fd int', locks.flock);
call(74, 'fsync', 'fd', transfers.fsync);
call(75, 'fdatasync', 'fd', transfers.fsync);
call(76, 'truncate', 'path size', transfers.truncate);
call(77, 'ftruncate', 'fd size', transfers.ftruncate);
call(79, 'getcwd', 'pointer size', directories.getcwd);
call(80, 'chdir', 'path', directories.chdir);
call(81, 'fchdir', 'fd', directories.fchdir);
call(82, 'rename', 'path path', directories.rename);
call(83, 'mkdir', 'path mode', directories.mkdir);
call(84, 'rmdir', 'path', directories.rmdir);
call(85, 'creat', 'path mode', descriptors.creat);
call(86, 'link', 'path path', directories.link);
call(87, 'unlink', 'path', directories.unlink);
call(88, 'symlink', 'path path', directories.symlink);
call(89, 'readlink', 'path pointer size', directories.readlink);
call(90, 'chmod', 'path mode', attributes.chmod);
call(91, 'fchmod', 'fd mode', attributes.fchmod);
call(92, 'chown', 'path int int', attributes.chown);
call(93, 'fchown', 'fd int int', attributes.fchown);
call(94, 'lchown', 'path int int', attributes.lchown);
call(95, 'umask', 'mode', attributes.umask);
quick(96, 'gettimeofday', 'pointer pointer', time.gettimeofday);
call(97, 'getrlimit', 'int pointer', process.getrlimit);
call(98, 'getrusage', 'int pointer', process.getrusage);
call(99, 'sysinfo', 'pointer', process.sysinfo);
call(100, 'times', 'pointer', process.times);
refuse(101, 'ptrace', errno.EPERM, 'nobody to trace');
call(102, 'getuid', '', process.getuid);
call(103, 'syslog', 'int pointer int', process.syslog);
call(104, 'getgid', '', process.getgid);
call(105, 'setuid', 'int', process.setIds);
call(106, 'setgid', 'int', process.setIds);
call(107, 'geteuid', '', process.getuid);
call(108, 'getegid', '', process.getgid);
call(109, 'setpgid', 'int int', process.setpgid);
call(110, 'getppid', '', process.getppid);
call(111, 'getpgrp', '', process.getpgrp);
call(112, 'setsid', '', process.setsid);
call(113, 'setreuid', 'int int', process.setIds);
call(114, 'setregid', 'int int', process.setIds);
call(115, 'getgroups', 'int pointer', process.getgroups);
refuse(116, 'setgroups', errno.EPERM, 'as an ordinary user');
call(117, 'setresuid', 'int int int', process.setIds);
call(118, 'getresuid', 'pointer pointer pointer', process.getresuid);
call(119, 'setresgid', 'int int int', process.setIds);
call(120, 'getresgid', 'pointer pointer pointer', process.getresgid);
call(121, 'getpgid', 'int', process.getpgid);
call(124, 'getsid', 'int', process.getpgid);
call(125, 'capget', 'pointer pointer', process.capget);
refuse(126, 'capset', errno.EPERM, 'as an ordinary user');
call(127, 'rt_sigpending', 'pointer size', signals.rtSigpending);
call(128, 'rt_sigtimedwait', 'pointer pointer pointer size', signals.rtSigtimedwait);
call(129, 'rt_sigqueueinfo', 'int signal pointer', signals.rtSigqueueinfo);
call(130, 'rt_sigsuspend', 'pointer size', signals.rtSigsuspend);
call(131, 'sigaltstack', 'pointer pointer', signals.sigaltstack);
call(132, 'utime', 'path pointer', attributes.utime);
call(133, 'mknod', 'path mode int', directories.mknod);
call(137, 'statfs', 'path pointer', stats.statfs);
call(138, 'fstatfs', 'fd pointer', stats.fstatfs);
call(140, 'getpriority', 'int int', scheduling.getpriority);
call(141, 'setpriority', 'int int int', scheduling.setpriority);
call(143, 'sched_getparam', 'int pointer', scheduling.getparam);
call(145, 'sched_getscheduler', 'int', scheduling.getscheduler);
call(146, 'sched_get_priority_max', 'int', scheduling.priorityMax);
call(147, 'sched_get_priority_min', 'int', scheduling.priorityMin);
call(149, 'mlock', 'pointer size', memory.mlock);
call(150, 'munlock', 'pointer size', memory.mlock);
call(151, 'mlockall', 'flags', memory.mlockAll);
call(152, 'munlockall', '', memory.mlockAll);
refuse(155, 'pivot_root', errno.EPERM, 'as an ordinary user');
call(157, 'prctl', 'int pointer pointer pointer pointer', process.prctl);
call(158, 'arch_prctl', 'int pointer', threads.archPrctl);
call(160, 'setrlimit', 'int pointer', process.setrlimit);
call(161, 'chroot', 'path', directories.chroot);
call(162, 'sync', '', transfers.sync);
refuse(163, 'acct', errno.EPERM, 'as an ordinary user');
call(164, 'settimeofday', 'pointer pointer', time.clockSettime);
refuse(165, 'mount', errno.EPERM, 'as an ordinary user');
refuse(166, 'umount2', errno.EPERM, 'as an ordinary user');
refuse(167, 'swapon', errno.EPERM, 'as an ordinary user');
refuse(168, 'swapoff', errno.EPERM, 'as an ordinary user');
refuse(169, 'reboot', errno.EPERM, 'as an ordinary user');
call(170, 'sethostname', 'pointer size', process.setHostname);
call(171, 'setdomainname', 'pointer size', process.setHostname);
quick(186, 'gettid', '', process.gettid);
call(187, 'readahead', 'fd size size', transfers.readahead);
call(188, 'setxattr', 'path path pointer size flags', attributes.setxattr);
call(189, 'lsetxattr', 'path path pointer size flags', attributes.lsetxattr);
call(190, 'fsetxattr', 'path path pointer size flags', attributes.fsetxattr);
call(191, 'getxattr', 'path path pointer size flags', attributes.getxattr);
call(192, 'lgetxattr', 'path path pointer size flags', attributes.lgetxattr);
call(193, 'fgetxattr', 'path path pointer size flags', attributes.fgetxattr);
call(194, 'listxattr', 'path path pointer size flags', attributes.listxattr);
call(195, 'llistxattr', 'path path pointer size flags', attributes.llistxattr);
call(196, 'flistxattr', 'path path pointer size flags', attributes.flistxattr);
call(197, 'removexattr', 'path path pointer size flags', attributes.removexattr);
call(198, 'lremovexattr', 'path path pointer size flags', attributes.lremovexattr);
call(199, 'fremovexattr', 'path path pointer size flags', attributes.fremovexattr);
call(200, 'tkill', 'int signal', signals.tkill);
quick(201, 'time', 'pointer', time.time);
call(202, 'futex', 'pointer int int pointer pointer int', threads.futex);
call(203, 'sched_setaffinity', 'int size pointer', threads.schedSetaffinity);
call(204, 'sched_getaffinity', 'int size pointer', threads.schedGetaffinity);
call(213, 'epoll_create', 'int', poll.epollCreate);
call(217, 'getdents64', 'fd pointer size', directories.getdents64);
call(218, 'set_tid_address', 'pointer', threads.setTidAddress);
call(221, 'fadvise64', 'fd size size int', transfers.fadvise64);
call(222, 'timer_create', 'int pointer pointer', time.timerCreate);
call(223, 'timer_settime', 'int flags pointer pointer', time.timerSettime);
call(224, 'timer_gettime', 'int pointer', time.timerGettime);
call(225, 'timer_getoverrun', 'int', time.timerGetoverrun);
call(226, 'timer_delete', 'int', time.timerDelete);
call(227, 'clock_settime', 'int pointer', time.clockSettime);
quick(228, 'clock_gettime', 'int pointer', time.clockGettime);
call(229, 'clock_getres', 'int pointer', time.clockGetres);
call(230, 'clock_nanosleep', 'int flags pointer pointer', time.clockNanosleep);
call(231, 'exit_group', 'int', threads.exitGroup);
call(232, 'epoll_wait', 'fd pointer int int', poll.epollWait);
call(233, 'epoll_ctl', 'fd int fd pointer', poll.epollCtl);
call(234, 'tgkill', 'int int signal', signals.tgkill);
call(235, 'utimes', 'path pointer', attributes.utimes);
refuse(237, 'mbind', errno.ENOSYS, 'no NUMA');
refuse(238, 'set_mempolicy', errno.ENOSYS, 'no NUMA');
refuse(239, 'get_mempolicy', errno.ENOSYS, 'no NUMA');
call(247, 'waitid', 'int int pointer flags pointer', process.waitid);
refuse(248, 'add_key', errno.ENOSYS, 'no key ring');
refuse(249, 'request_key', errno.ENOSYS, 'no key ring');
refuse(250, 'keyctl', errno.ENOSYS, 'no key ring');
call(253, 'inotify_init', '', inotify.inotifyInit);
call(254, 'inotify_add_watch', 'fd path flags', inotify.inotifyAddWatch);
call(255, 'inotify_rm_watch', 'fd int', inotify.inotifyRmWatch);
call(257, 'openat', 'fd path flags mode', descriptors.openat);
call(258, 'mkdirat', 'fd path mode', directories.mkdirat);
call(259, 'mknodat', 'fd path mode int', directories.mknodat);
call(260, 'fchownat', 'fd path int int flags', attributes.fchownat);
call(261, 'futimesat', 'fd path pointer', attributes.futimesat);
call(262, 'newfstatat', 'fd path pointer flags', stats.newfstatat);
call(263, 'unlinkat', 'fd path flags', directories.unlinkat);
call(264, 'renameat', 'fd path fd path', directories.renameat);
call(265, 'linkat', 'fd path fd path flags', directories.linkat);
call(266, 'symlinkat', 'path fd path', directories.symlinkat);
call(267, 'readlinkat', 'fd path pointer size', directories.readlinkat);
call(268, 'fchmodat', 'fd path mode', attributes.fchmodatPlain);
call(269, 'faccessat', 'fd path mode', stats.faccessat);
call(270, 'pselect6', 'int pointer pointer pointer pointer pointer', poll.pselect6);
call(271, 'ppoll', 'pointer int pointer pointer size', poll.ppoll);
refuse(272, 'unshare', errno.EPERM, 'as an ordinary user');
call(273, 'set_robust_list', 'pointer size', threads.setRobustList);
call(274, 'get_robust_list', 'int pointer pointer', threads.getRobustList);
call(275, 'splice', 'fd pointer fd pointer size flags', splices.splice);
call(276, 'tee', 'fd fd size flags', splices.tee);
call(277, 'sync_file_range', 'fd size size flags', transfers.syncFileRange);
call(278, 'vmsplice', 'fd pointer int flags', splices.vmsplice);
call(280, 'utimensat', 'fd path pointer flags', attributes.utimensat);
call(281, 'epoll_pwait', 'fd pointer int int pointer size', poll.epollPwait);
call(283, 'timerfd_create', 'int flags', time.timerfdCreate);
call(284, 'eventfd', 'int', poll.eventfd);
call(285, 'fallocate', 'fd flags size size', transfers.fallocate);
call(286, 'timerfd_settime', 'fd flags pointer pointer', time.timerfdSettime);
call(287, 'timerfd_gettime', 'fd pointer', time.timerfdGettime);
call(290, 'eventfd2', 'int flags', poll.eventfd2);
call(291, 'epoll_create1', 'flags', poll.epollCreate1);
call(292, 'dup3', 'fd fd flags', descriptors.dup3);
call(293, 'pipe2', 'pointer flags', poll.pipe2);
call(294, 'inotify_init1', 'flags', inotify.inotifyInit1);
call(295, 'preadv', 'fd pointer int size', transfers.preadv);
call(296, 'pwritev', 'fd pointer int size', transfers.pwritev);
call(297, 'rt_tgsigqueueinfo', 'int int signal pointer', signals.rtTgsigqueueinfo);
refuse(298, 'perf_event_open', errno.EACCES, 'no counters');
call(302, 'prlimit64', 'int int pointer pointer', process.prlimit64);
call(306, 'syncfs', 'fd', transfers.syncfs);
refuse(308, 'setns', errno.EPERM, 'as an ordinary user');
call(309, 'getcpu', 'pointer pointer', process.getcpu);
call(316, 'renameat2', 'fd path fd path flags', directories.renameat2);
refuse(317, 'seccomp', errno.EINVAL, 'no filters');
call(318, 'getrandom', 'pointer size flags', process.getrandom);
call(319, 'memfd_create', 'path flags', descriptors.memfdCreate);
refuse(321, 'bpf', errno.EPERM, 'as an ordinary user');
refuse(322, 'execveat', errno.EACCES, 'no other program is run');
refuse(323, 'userfaultfd', errno.EPERM, 'as an ordinary user');
call(324, 'membarrier', 'int flags int', process.membarrier);
call(325, 'mlock2', 'pointer size flags', memory.mlock);
call(326, 'copy_file_range', 'fd pointer fd pointer size flags', transfers.copyFileRange);
call(327, 'preadv2', 'fd pointer int size', transfers.preadv2);
call(328, 'pwritev2', 'fd pointer int size', transfers.pwritev2);
call(332, 'statx', 'fd path flags flags pointer', stats.statx);
refuse(334, 'rseq', errno.ENOSYS, 'optional');
call(424, 'pidfd_send_signal', 'fd signal pointer flags', pidfds.pidfdSendSignal);
refuse(425, 'io_uring_setup', errno.ENOSYS, 'programs fall back to epoll');
call(434, 'pidfd_open', 'int flags', pidfds.pidfdOpen);
refuse(435, 'clone3', errno.ENOSYS, 'programs fall back to clone');
call(436, 'close_range', 'fd fd flags', descriptors.closeRange);
call(437, 'openat2', 'fd path pointer size', descriptors.openat2);
call(438, 'pidfd_getfd', 'fd fd flags', pidfds.pidfdGetfd);
call(439, 'faccessat2', 'fd path mode flags', stats.faccessat2);
call(441, 'epoll_pwait2', 'fd pointer int pointer pointer size', poll.epollPwait2);
refuse(444, 'landlock_create_ruleset', errno.EOPNOTSUPP, 'as with landlock off');
refuse(449, 'futex_waitv', errno.ENOSYS, 'programs fall back to futex');
call(452, 'fchmodat2', 'fd path mode flags', attributes.fchmodat);
call(41, 'socket', 'int int int', sockets.socket);
call(42, 'connect', 'fd pointer size', sockets.connect);
call(43, 'accept', 'fd pointer pointer', sockets.accept);
call(44, 'sendto', 'fd pointer size flags pointer size', sockets.sendto);
call(45, 'recvfrom', 'fd pointer size flags pointer pointer', sockets.recvfrom);
call(46, 'sendmsg', 'fd pointer flags', sockets.sendmsg);
call(47, 'recvmsg', 'fd pointer flags', sockets.recvmsg);
call(48, 'shutdown', 'fd int', sockets.shutdown);
call(49, 'bind', 'fd pointer size', sockets.bind);
call(50, 'listen', 'fd int', sockets.listen);
call(51, 'getsockname', 'fd pointer pointer', sockets.getsockname);
call(52, 'getpeername', 'fd pointer pointer', sockets.getpeername);
call(53, 'socketpair', 'int int int pointer', sockets.socketpair);
call(54, 'setsockopt', 'fd int int pointer size', options.setsockopt);
call(55, 'getsockopt', 'fd int int pointer pointer', options.getsockopt);
call(288, 'accept4', 'fd pointer pointer flags', sockets.accept4);
call(299, 'recvmmsg', 'fd pointer int flags pointer', sockets.recvmmsg);
call(307, 'sendmmsg', 'fd pointer int flags', sockets.sendmmsg);

call(122, 'setfsuid', 'int', process.getuid);
call(123, 'setfsgid', 'int', process.getgid);
call(135, 'personality', 'flags', process.personality);
call(142, 'sched_setparam', 'int pointer', scheduling.setparam);
call(144, 'sched_setscheduler', 'int int pointer', scheduling.setscheduler);
call(148, 'sched_rr_get_interval', 'int pointer', scheduling.rrGetInterval);
call(159, 'adjtimex', 'pointer', scheduling.adjtimex);
call(251, 'ioprio_set', 'int int int', scheduling.ioprioSet);
call(252, 'ioprio_get', 'int int', scheduling.ioprioGet);
call(282, 'signalfd', 'fd pointer size', signalFiles.signalfd);
call(289, 'signalfd4', 'fd pointer size flags', signalFiles.signalfd4);
call(305, 'clock_adjtime', 'int pointer', scheduling.clockAdjtime);
call(314, 'sched_setattr', 'int pointer flags', scheduling.setattr);
call(315, 'sched_getattr', 'int pointer size flags', scheduling.getattr);
call(329, 'pkey_mprotect', 'pointer size flags int', memory.pkeyMprotect);
refuse(219, 'restart_syscall', errno.EINTR, 'nothing was interrupted that is to go on');
refuse(330, 'pkey_alloc', errno.ENOSPC, 'a processor without protection keys');
refuse(331, 'pkey_free', errno.EINVAL, 'no key was ever given');
refuse(303, 'name_to_handle_at', errno.EOPNOTSUPP, 'file systems without handles');
refuse(445, 'landlock_add_rule', errno.EOPNOTSUPP, 'as with landlock off');
refuse(446, 'landlock_restrict_self', errno.EOPNOTSUPP, 'as with landlock off');

/** Answers that many calls share, with the reason. */
function refuseAll(code: number, why: string, items: string): void {
  for (const item of items.trim().split(/\s+/)) {
    const [number, name] = item.split(':');
    refuse(Number(number), name!, code, why);
  }
}
refuseAll(errno.ENOSYS, 'parts that a kernel is often built without: System V and POSIX messages, asynchronous I/O, quotas, NUMA, checkpoints, local descriptor tables', `
64:semget 65:semop 66:semctl 68:msgget 69:msgsnd 70:msgrcv 71:msgctl 220:semtimedop
240:mq_open 241:mq_unlink 242:mq_timedsend 243:mq_timedreceive 244:mq_notify 245:mq_getsetattr
206:io_setup 207:io_destroy 208:io_getevents 209:io_submit 210:io_cancel 333:io_pgetevents 426:io_uring_enter 427:io_uring_register
179:quotactl 443:quotactl_fd 256:migrate_pages 279:move_pages 450:set_mempolicy_home_node 154:modify_ldt 310:process_vm_readv 311:process_vm_writev 312:kcmp`);
refuseAll(errno.ENOSYS, 'gone from Linux, or never there for 64-bit programs', `
134:uselib 136:ustat 139:sysfs 156:_sysctl 174:create_module 177:get_kernel_syms 178:query_module 180:nfsservctl 181:getpmsg 182:putpmsg 183:afs_syscall 184:tuxcall 185:security
205:set_thread_area 211:get_thread_area 212:lookup_dcookie 214:epoll_ctl_old 215:epoll_wait_old 216:remap_file_pages 236:vserver`);
refuseAll(errno.ENOSYS, 'younger than the release that uname names, or switched off there', `
440:process_madvise 447:memfd_secret 448:process_mrelease 451:cachestat 453:map_shadow_stack 454:futex_wake 455:futex_wait 456:futex_requeue 457:statmount 458:listmount
459:lsm_get_self_attr 460:lsm_set_self_attr 461:lsm_list_modules 462:mseal`);
refuseAll(errno.EPERM, 'as an ordinary user', `
153:vhangup 172:iopl 173:ioperm 175:init_module 176:delete_module 246:kexec_load 300:fanotify_init 301:fanotify_mark 304:open_by_handle_at 313:finit_module 320:kexec_file_load
428:open_tree 429:move_mount 430:fsopen 431:fsconfig 432:fsmount 433:fspick 442:mount_setattr`);

// Known to Linux, not written: the program stops and says so.
call(78, 'getdents', 'fd pointer size');

// What Go's runtime calls while a program waits: turns of its threads, timers, and collections of garbage now and then.
for (const number of [9, 10, 11, 14, 15, 24, 27, 28, 35, 56, 60, 131, 157, 186, 202, 204, 218, 228, 230, 232, 234, 273, 281]) table[number]!.idle = true;
