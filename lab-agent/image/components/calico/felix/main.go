// calico-felix is `calico-node -felix` as a program of its own: calico-node sets up
// tables of 7 MB in each of its processes, for eBPF commands that no lab calls.
// Calico's own program of this name takes no -felix, by which calicoctl finds Felix.
package main

import (
	"os"

	"github.com/sirupsen/logrus"

	felix "github.com/projectcalico/calico/felix/daemon"
	"github.com/projectcalico/calico/libcalico-go/lib/logutils"
	"github.com/projectcalico/calico/pkg/buildinfo"
)

func main() {
	// As calico-node does it.
	logrus.SetOutput(os.Stdout)
	logutils.ConfigureFormatter("felix")
	felix.Run("/etc/calico/felix.cfg", buildinfo.Version, buildinfo.BuildDate, buildinfo.GitRevision)
}
