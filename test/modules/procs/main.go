// What gopsutil and procfs read of /proc and /sys: every reader finds its file well-formed, and what they say of this process is so.
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/prometheus/procfs"
	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/disk"
	"github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/load"
	"github.com/shirou/gopsutil/v4/mem"
	netstat "github.com/shirou/gopsutil/v4/net"
	"github.com/shirou/gopsutil/v4/process"
)

// read calls a reader and shows what `holds` says of its answer.
func read[T any](name string, f func() (T, error), holds ...func(T) any) {
	v, err := f()
	if err != nil {
		fmt.Println(name, "ERROR", err)
		return
	}
	fmt.Print(name)
	for _, h := range holds {
		fmt.Print(" ", h(v))
	}
	fmt.Println()
}

func main() {
	f, err := os.CreateTemp("/tmp", "gobuf-procs-")
	check(err)
	defer os.Remove(f.Name())
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	check(err)
	client, err := net.Dial("tcp4", listener.Addr().String())
	check(err)
	server, err := listener.Accept()
	check(err)
	port := uint32(listener.Addr().(*net.TCPAddr).Port)
	exe, err := os.Executable()
	check(err)
	pid := int32(os.Getpid())

	fmt.Println("-- the machine")
	read("cpu", cpu.Info, func(v []cpu.InfoStat) any { return len(v) == runtime.NumCPU() })
	read("cpu times", func() ([]cpu.TimesStat, error) { return cpu.Times(true) }, func(v []cpu.TimesStat) any { return len(v) == runtime.NumCPU() })
	read("cpu count", func() (int, error) { return cpu.Counts(true) }, func(v int) any { return v == runtime.NumCPU() })
	read("partitions", func() ([]disk.PartitionStat, error) { return disk.Partitions(true) }, func(v []disk.PartitionStat) any {
		return slices.ContainsFunc(v, func(p disk.PartitionStat) bool { return p.Mountpoint == "/proc" && p.Fstype == "proc" })
	})
	read("usage", func() (*disk.UsageStat, error) { return disk.Usage("/tmp") }, func(v *disk.UsageStat) any { return v.Total > 0 && v.Free <= v.Total })
	read("disks", func() (map[string]disk.IOCountersStat, error) { return disk.IOCounters() })
	read("host", host.Info, func(v *host.InfoStat) any { return v.OS == "linux" && v.Procs > 0 && v.BootTime > 0 && v.HostID != "" })
	read("load", load.Avg)
	read("running", load.Misc)
	read("memory", mem.VirtualMemory, func(v *mem.VirtualMemoryStat) any { return v.Total > 0 && v.Available <= v.Total })
	read("swap", mem.SwapMemory)
	read("interfaces", func() ([]netstat.IOCountersStat, error) { return netstat.IOCounters(true) }, func(v []netstat.IOCountersStat) any {
		return slices.ContainsFunc(v, func(i netstat.IOCountersStat) bool { return i.Name == "lo" })
	})

	fmt.Println("-- this process, by gopsutil")
	p, err := process.NewProcess(pid)
	check(err)
	read("name", p.Name, func(v string) any { return v == filepath.Base(exe) })
	read("exe", p.Exe, func(v string) any { return v == exe })
	read("command line", p.CmdlineSlice, func(v []string) any { return slices.Equal(v, os.Args) })
	read("directory", p.Cwd, func(v string) any { wd, _ := os.Getwd(); return v == wd })
	read("environment", p.Environ, func(v []string) any {
		return slices.Equal(slices.DeleteFunc(v, func(s string) bool { return s == "" }), os.Environ())
	})
	read("status", p.Status)
	read("uids", p.Uids, func(v []uint32) any { return v[0] == uint32(os.Getuid()) })
	read("parent", p.Ppid, func(v int32) any { return v == int32(os.Getppid()) })
	read("began", p.CreateTime, func(v int64) any { return v > 0 })
	read("nice", p.Nice)
	read("threads", p.NumThreads, func(v int32) any { return v >= 1 })
	read("threads' times", p.Threads, func(v map[int32]*cpu.TimesStat) any { return v[pid] != nil })
	read("times", p.Times, func(v *cpu.TimesStat) any { return v.User >= 0 })
	read("memory", p.MemoryInfo, func(v *process.MemoryInfoStat) any { return v.RSS > 0 && v.VMS >= v.RSS })
	read("mapped", func() (*[]process.MemoryMapsStat, error) { return p.MemoryMaps(false) }, func(v *[]process.MemoryMapsStat) any {
		return slices.ContainsFunc(*v, func(m process.MemoryMapsStat) bool { return m.Path == exe && m.Rss > 0 })
	})
	read("open files", p.OpenFiles, func(v []process.OpenFilesStat) any {
		return slices.ContainsFunc(v, func(o process.OpenFilesStat) bool { return o.Path == f.Name() && o.Fd == uint64(f.Fd()) })
	})
	read("descriptors", p.NumFDs, func(v int32) any { return v >= 7 })
	count := func(status string, local, remote uint32) func([]netstat.ConnectionStat) any {
		return func(v []netstat.ConnectionStat) any {
			n := 0
			for _, c := range v {
				if c.Status == status && (local == 0 || c.Laddr.Port == local) && (remote == 0 || c.Raddr.Port == remote) && c.Laddr.IP == "127.0.0.1" {
					n++
				}
			}
			return n
		}
	}
	read("connections", func() ([]netstat.ConnectionStat, error) { return netstat.ConnectionsPid("tcp4", pid) }, count("LISTEN", port, 0), count("ESTABLISHED", port, 0), count("ESTABLISHED", 0, port))
	client.Close()
	server.Read(make([]byte, 1))
	read("closed by one side", func() ([]netstat.ConnectionStat, error) { return netstat.ConnectionsPid("tcp4", pid) }, count("CLOSE_WAIT", port, 0))
	before, err := p.IOCounters()
	check(err)
	_, err = f.Write(make([]byte, 12345))
	check(err)
	read("written", p.IOCounters, func(v *process.IOCountersStat) any {
		return fmt.Sprint(v.WriteCount-before.WriteCount, " ", v.WriteBytes-before.WriteBytes, " ", v.ReadCount > before.ReadCount)
	})
	var limit syscall.Rlimit
	check(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	read("limits", p.Rlimit, func(v []process.RlimitStat) any {
		return slices.ContainsFunc(v, func(r process.RlimitStat) bool { return r.Resource == process.RLIMIT_NOFILE && r.Hard == limit.Max })
	})
	read("switches", p.NumCtxSwitches)
	read("running", p.IsRunning, func(v bool) any { return v })
	read("all", process.Pids, func(v []int32) any { return slices.Contains(v, pid) })

	fmt.Println("-- and by procfs")
	fs, err := procfs.NewDefaultFS()
	check(err)
	self, err := fs.Self()
	check(err)
	read("stat", self.Stat, func(v procfs.ProcStat) any { return v.PID == int(pid) && v.ResidentMemory() > 0 && v.NumThreads >= 1 })
	read("status", self.NewStatus, func(v procfs.ProcStatus) any {
		return v.PID == int(pid) && v.VmSize > v.VmRSS && len(v.CpusAllowedList) == runtime.NumCPU()
	})
	read("limits", self.Limits, func(v procfs.ProcLimits) any { return v.OpenFiles == limit.Cur })
	read("io", self.IO)
	read("namespaces", self.Namespaces, func(v procfs.Namespaces) any { return v["net"].Type == "net" && v["net"].Inode > 0 })
	read("maps", self.ProcMaps, func(v []*procfs.ProcMap) any {
		return slices.ContainsFunc(v, func(m *procfs.ProcMap) bool { return m.Pathname == exe && m.Perms.Execute && !m.Perms.Write })
	})
	read("rollup", self.ProcSMapsRollup, func(v procfs.ProcSMapsRollup) any { return v.Rss > 0 && v.Pss <= v.Rss && v.PrivateDirty > 0 })
	read("descriptors", self.FileDescriptorTargets, func(v []string) any {
		return slices.Contains(v, f.Name()) && slices.ContainsFunc(v, func(s string) bool { return strings.HasPrefix(s, "socket:[") })
	})
	read("their state", self.FileDescriptorsInfo, func(v procfs.ProcFDInfos) any {
		return slices.ContainsFunc(v, func(d procfs.ProcFDInfo) bool { return d.FD == fmt.Sprint(f.Fd()) && d.Pos == "12345" })
	})
	read("cgroups", self.Cgroups, func(v []procfs.Cgroup) any { return len(v) > 0 })
	read("mounts", self.MountInfo, func(v []*procfs.MountInfo) any {
		return slices.ContainsFunc(v, func(m *procfs.MountInfo) bool { return m.MountPoint == "/" })
	})
	read("network", self.NetDev, func(v procfs.NetDev) any { _, lo := v["lo"]; return lo })
	read("scheduling", self.Schedstat)
	read("waits", self.Wchan)
	read("all stat", fs.Stat, func(v procfs.Stat) any { return len(v.CPU) == runtime.NumCPU() && v.BootTime > 0 })
	read("meminfo", fs.Meminfo, func(v procfs.Meminfo) any { return *v.MemTotal > 0 && *v.MemFree <= *v.MemTotal })
	read("load", fs.LoadAvg)
	read("cpuinfo", fs.CPUInfo, func(v []procfs.CPUInfo) any { return len(v) == runtime.NumCPU() })
	read("tcp", fs.NetTCP, func(v procfs.NetTCP) any {
		n := 0
		for _, l := range v {
			if l.LocalPort == uint64(port) && l.St == 10 && l.LocalAddr.Equal(net.IPv4(127, 0, 0, 1)) {
				n++
			}
		}
		return n
	})
	read("udp", fs.NetUDP)
	read("unix", fs.NetUNIX)
	read("routes", fs.NetRoute)
	read("sockets", fs.NetSockstat, func(v *procfs.NetSockstat) any { return *v.Used > 0 })
	read("swaps", fs.Swaps)
	read("random", fs.KernelRandom, func(v procfs.KernelRandom) any { return *v.EntropyAvaliable > 0 })
	read("processes", fs.AllProcs, func(v procfs.Procs) any { return len(v) > 0 })
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
