package main

import (
	"os"
	"strings"
	"testing"
)

// session is what BIRD 2.17.6 (Debian 13) said on its socket, word for word, to: show
// status, show protocols, show route, show protocols all Mesh_192_168_77_2, show
// route all, show route count, bogus.
func session(t *testing.T) string {
	t.Helper()
	said, err := os.ReadFile("testdata/bird-2.17.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := translate(&out, strings.NewReader(string(said))); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// contains looks for whole lines in a row.
func contains(t *testing.T, text, lines string) {
	t.Helper()
	if !strings.Contains("\n"+text, lines) {
		t.Errorf("missing:\n%s\nin:\n%s", lines, text)
	}
}

func TestStatusAsCalicoNodeReadsIt(t *testing.T) {
	contains(t, session(t), `
0001 BIRD v2.17.6 ready.
1000-BIRD v2.17.6
1011-Router ID is 192.168.77.1
 Current server time is 2026-11-25 15:07:52
 Last reboot on 2026-11-25 15:07:47
 Last reconfiguration on 2026-11-25 15:07:47
0024-Graceful restart recovery in progress
   Waiting for 2 channels to recover
   Wait timer is 234/240
0013 Daemon is up and running
`)
}

func TestProtocolsAsCalicoctlReadsThem(t *testing.T) {
	contains(t, session(t), `
2002-name     proto    table    state  since       info
1002-device1  Device   master   up     15:07:47    
 direct1  Direct   master   up     15:07:47    
 static1  Static   master   up     15:07:47    
 kernel1  Kernel   master   up     15:07:47    
 Mesh_192_168_77_2 BGP      master   up     15:07:47    Established   
 Global_192_168_77_9 BGP      master   start  15:07:47    Connect       Socket: No route to host
 Node_192_168_77_8 BGP      master   start  15:07:47    Passive       
0000 
`)
}

func TestRoutesInOneLineEach(t *testing.T) {
	contains(t, session(t), `
1007-172.16.1.0/24      blackhole [static1 15:07:47] * (200)
 172.16.2.0/24      via 192.168.77.2 on va [Mesh_192_168_77_2 15:07:47] * (100) [i]
 192.168.77.0/24    dev va [direct1 15:07:47] * (240)
0000 
`)
}

func TestDetailsOfASession(t *testing.T) {
	text := session(t)
	contains(t, text, `
2002-name     proto    table    state  since       info
1002-Mesh_192_168_77_2 BGP      master   up     15:07:47    Established   
1006-  Description:    Connection to BGP peer
   BGP state:          Established
     Neighbor address: 192.168.77.2
`)
}

// A peer without a description: calico-node reads "1006-  BGP state: Connect" whole.
func TestTheStateHasALineOfItsOwn(t *testing.T) {
	var out strings.Builder
	if err := translate(&out, strings.NewReader("1006-  BGP state:          Connect\n     Neighbor AS:      64513\n")); err != nil {
		t.Fatal(err)
	}
	contains(t, out.String(), "\n1006-\n   BGP state:          Connect\n     Neighbor AS:      64513\n")
}

func TestAttributesStayWithTheirRoute(t *testing.T) {
	contains(t, session(t), `
1007-172.16.2.0/24      via 192.168.77.2 on va [Mesh_192_168_77_2 15:07:47] * (100) [i]
1008-	Type: BGP univ
1012-	BGP.origin: IGP
`)
}

func TestTheRestPassesAsItIs(t *testing.T) {
	contains(t, session(t), `
1007-3 of 3 routes for 3 networks in table master4
 0 of 0 routes for 0 networks in table master6
0014 Total: 3 of 3 routes for 3 networks in 2 tables
9001 syntax error, unexpected CF_SYM_UNDEFINED
`)
}

func TestSeveralNextHops(t *testing.T) {
	var out strings.Builder
	said := `1007-Table master4:
 10.1.1.0/24          unicast [Global_10_0_0_1 15:03:02.198] * (100) [AS65001i]
 	via 10.0.0.1 on eth0 weight 1
 	via 10.0.0.2 on eth1 weight 1
                      unicast [kernel1 15:03:02.406] (10)
 	via 10.0.0.9 on tunl0 onlink
                      unreachable [Mesh_10_0_0_3 15:03:02.406 from 10.0.0.3] (100/-) [i]
0000 
`
	if err := translate(&out, strings.NewReader(said)); err != nil {
		t.Fatal(err)
	}
	contains(t, out.String(), `
1007-10.1.1.0/24        via 10.0.0.1 on eth0 [Global_10_0_0_1 15:03:02] * (100) [AS65001i]
                    via 10.0.0.2 on eth1 [Global_10_0_0_1 15:03:02] * (100) [AS65001i]
                    via 10.0.0.9 on tunl0 [kernel1 15:03:02] (10)
                    unreachable [Mesh_10_0_0_3 15:03:02 from 10.0.0.3] (100/-) [i]
0000 
`)
}
