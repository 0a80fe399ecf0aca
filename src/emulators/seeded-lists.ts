import type { ArgusData } from './argus-data.ts';
import { viewIndicators, viewTypes } from './argus-permissions.ts';

/** A list and a descriptor that no demo key may read: the list's records are absent, the descriptor is refused. */
export const sealedList = 'sealed-investigation';
export const sealedDescriptor = 'informant';

const shared = ['botnet-c2', 'phishing', 'malware-delivery', 'spam-sources', 'scanners', 'suspicious', 'sinkholes'];
const communityFeeds = 40;

/** Adds lists, descriptors and API keys with their permissions. */
export function addLists(argus: ArgusData): void {
  argus.addList({ shortName: 'botnet-c2', name: 'Botnet command and control', confidence: 0.9 });
  argus.addList({ shortName: 'phishing', name: 'Phishing', confidence: 0.75 });
  argus.addList({ shortName: 'malware-delivery', name: 'Malware delivery', confidence: 0.8 });
  argus.addList({ shortName: 'suspicious', name: 'Suspicious infrastructure', confidence: 0.5 });
  argus.addList({ shortName: 'spam-sources', name: 'Spam sources', confidence: 0.3 });
  argus.addList({ shortName: 'scanners', name: 'Internet scanners', confidence: 0.2 });
  argus.addList({ shortName: 'sinkholes', name: 'Sinkholes', confidence: 0.9 });
  argus.addList({ shortName: 'partner-exchange', name: 'Partner exchange', confidence: 0.6 });
  argus.addList({ shortName: 'national-cert', name: 'National CERT', confidence: 0.95 });
  argus.addList({ shortName: sealedList, name: 'Sealed investigation', confidence: 1 });
  for (let feed = 1; feed <= communityFeeds; feed += 1) argus.addList(communityFeed(feed));

  argus.addDescriptor({ shortName: 'comment' });
  argus.addDescriptor({ shortName: 'role', multiValue: true });
  argus.addDescriptor({ shortName: 'campaign' });
  argus.addDescriptor({ shortName: 'analyst-note', name: 'Analyst note' });
  argus.addDescriptor({ shortName: sealedDescriptor, name: 'Informant' });
  addKeys(argus);
}

export function communityFeed(feed: number): { shortName: string; name: string; confidence: number } {
  const number = String(feed).padStart(2, '0');
  return { shortName: `community-${number}`, name: `Community feed ${number}`, confidence: (feed % 10) / 20 };
}

function addKeys({ keys }: ArgusData): void {
  const both = [viewIndicators, viewTypes];
  const sealed = [sealedList, sealedDescriptor];
  keys.set('demo/key/full', { functions: both, lists: 'all', descriptors: 'all', except: sealed });
  keys.set('demo/key/partner', {
    functions: both,
    lists: [...shared, 'partner-exchange'],
    descriptors: ['comment', 'role', 'campaign'],
  });
  keys.set('demo/key/narrow', {
    functions: [viewIndicators],
    lists: ['phishing', 'spam-sources'],
    descriptors: ['comment'],
  });
  keys.set('demo/key/blind', { functions: [], lists: 'all', descriptors: 'all' });
  keys.set('demo/key/expired', { functions: both, lists: 'all', descriptors: 'all', isExpired: true });
}
