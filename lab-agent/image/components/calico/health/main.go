// calico-health is Calico's own look at whether a node is ready or alive, as a
// program of its own: `calico-node -felix-ready -bird-ready` does the same, and
// first sets up the 100 MB of everything else, every few seconds on every node.
package main

import (
	"flag"
	"time"

	"github.com/projectcalico/calico/node/pkg/health"
)

func main() {
	// Names, defaults and texts are calico-node's.
	felixReady := flag.Bool("felix-ready", false, "Run felix readiness checks")
	felixLive := flag.Bool("felix-live", false, "Run felix liveness checks")
	birdReady := flag.Bool("bird-ready", false, "Run BIRD readiness checks")
	birdLive := flag.Bool("bird-live", false, "Run bird liveness checks")
	bird6Ready := flag.Bool("bird6-ready", false, "Run BIRD6 readiness checks")
	bird6Live := flag.Bool("bird6-live", false, "Run bird6 liveness checks")
	threshold := flag.Duration("threshold-time", 30*time.Second, "Threshold time for bird readiness")
	flag.Parse()
	health.Run(*birdReady, *bird6Ready, *felixReady, *felixLive, *birdLive, *bird6Live, *threshold)
}
