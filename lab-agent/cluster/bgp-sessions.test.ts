import { expect, test } from 'vitest';
import { parseSessions } from './bgp-sessions.ts';

const PRINTED = `BIRD 2.17.6 ready.
Access restricted
Name       Proto      Table      State  Since         Info
static1    Static     master4    up     15:46:50
Mesh_192_168_10_102 BGP        ---        up     15:46:51      Established
  Description:    Connection to BGP peer
  BGP state:          Established
    Neighbor address: 192.168.10.102
    Neighbor AS:      64512
Global_192_168_10_254 BGP        ---        start  15:46:51      Active        Socket: Connection refused
  BGP state:          Active
    Neighbor address: 192.168.10.254
    Neighbor AS:      64512
device1    Device     ---        up     15:46:50
`;

test('sessions are read from what BIRD prints, with the node that a peer is', () => {
  expect(parseSessions('k8s-w1', PRINTED, new Map([['192.168.10.102', 'k8s-w2']]))).toEqual([
    { node: 'k8s-w1', name: 'Mesh_192_168_10_102', peer: '192.168.10.102', state: 'Established', peerNode: 'k8s-w2' },
    { node: 'k8s-w1', name: 'Global_192_168_10_254', peer: '192.168.10.254', state: 'Active' },
  ]);
});
