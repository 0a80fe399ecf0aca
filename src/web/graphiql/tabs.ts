import type { LinkedOperation } from './address.ts';

/** GraphiQL names a tab after its operation. */
interface Tab {
  readonly query: string;
  readonly variables: string;
  readonly headers: string;
}

/** The tabs at the first start. The operation of a link comes first. */
export function startTabs(linked: LinkedOperation, headers: string): Tab[] {
  const own = linked.query === undefined ? [] : [{ query: linked.query, variables: linked.variables ?? '' }];
  return [...own, ...examples].map(tab => ({ ...tab, headers }));
}

const examples = [
  {
    query: `# One indicator, both sources, one verdict. Any
# spelling will do. Ctrl-Enter runs it.
query AskOnce {
  indicator(value: "evil[.]example[.]org") {
    defanged
    type
    verdict {
      level
      summary
      reasons { source rule effect detail }
      missing
      conflicting
    }
    datadog {
      report {
        status servedFrom fetchedAt limits detail
      }
      threat {
        score categories maliciousSources
        logMatches lastSeen triageState
      }
    }
    argus {
      report {
        status servedFrom fetchedAt limits detail
      }
      membershipCount
      memberships {
        list { name confidence }
        state lastSeen
      }
    }
  }
}
`,
    variables: '',
  },
  {
    query: `# Paste anything into Variables below: any mix of
# types, any spelling. What can not be used is said
# in its own row and spoils no other. What nobody is
# known to hold (an MD5) is INCONCLUSIVE, never clean.
query BulkFromVariables($values: [String!]!) {
  lookup(values: $values) {
    input
    problem
    indicator {
      defanged
      type
      verdict { level summary missing conflicting }
      datadog {
        report { status limits }
        threat { score }
      }
      argus {
        report { status limits }
        membershipCount
      }
    }
  }
}
`,
    variables: formatJson({
      values: [
        'evil[.]example[.]org',
        'hxxps://evil[.]example[.]org/login',
        'disputed.example.com',
        'listed.example.net',
        'mail.evil.example.org',
        'quiet.example.com',
        '192.0.2.1',
        '203.0.113.0/24',
        '44d88612fea8a8f36de82e1278abb02f',
        'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
        '',
      ],
    }),
  },
  {
    query: `# What stands on an Argus list, page by page. Put
# the list's short name into "lists" (in the demo
# ["botnet-c2"]; null is any), and endCursor into
# "after" for the next page.
query OneList($lists: [String!], $after: String) {
  reputationRecords(
    filter: { lists: $lists, states: [ACTIVE, LATEST] }
    orderBy: [{ field: VALUE }]
    first: 25
    after: $after
  ) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      value
      state
      lastSeen
      list { shortName name confidence }
      indicator { verdict { level } }
    }
  }
}
`,
    variables: formatJson({ lists: null, after: null }),
  },
  {
    query: `# Every rule that spoke, what is missing, what lies
# around it, and how old and how complete each
# source's word is.
query WhyThisVerdict($value: String!) {
  indicator(value: $value) {
    defanged
    specialUse
    verdict {
      level
      summary
      reasons { source rule effect detail }
      missing
      conflicting
      policyVersion
    }
    threat {
      score
      scoringFactors {
        asType persistence signal sources maxTrust
      }
      maliciousSources
      suspiciousSources
      benignSources
    }
    triageHistory(limit: 5) { state at by }
    memberships(states: [ACTIVE, LATEST, OLD]) {
      list { name confidence }
      confidence
      state
      firstSeen
      lastSeen
      properties(names: ["comment", "role"]) {
        name
        values
      }
    }
    covering {
      value
      list { name }
    }
    sources {
      source status limits servedFrom staleBecause
      fetchedAt ageSeconds detail retryAfterSeconds
    }
  }
}
`,
    variables: formatJson({ value: 'disputed[.]example[.]com' }),
  },
  {
    query: `# How each source is doing. Calls no upstream.
query Health {
  sources {
    source
    state
    circuit
    lastSuccessAt
    lastFailureAt
    lastFailureCode
    rateLimitRemaining
    rateLimitResetAt
  }
}
`,
    variables: '',
  },
];

function formatJson(variables: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(variables, null, 2);
}
