// What the page says of tickets and transactions, in English.

export const records = {
  tickets: { title: "Tickets", system: "Ticketing", none: "No tickets." },
  transactions: { title: "Transactions", system: "The payment system", none: "No transactions." },
  checked: (age: string) => `Checked ${age}`,
  copy: (system: string, age: string) => `${system} is down, copy from ${age}`,
  trouble: {
    down: (system: string) => `${system} is down.`,
    slow: (system: string) => `${system} did not answer in time.`,
    busy: (system: string) => `${system} is asked too often now.`,
    error: (system: string) => `${system} could not be asked.`,
  },
  retryIn: (time: string) => `Asking again in ${time}`,
  refresh: (title: string) => `${title}: check again`,
  more: (n: number) => `Show ${n} more`,
  status: {
    open: "open",
    pending: "pending",
    resolved: "resolved",
    closed: "closed",
    processing: "processing",
    completed: "completed",
    failed: "failed",
    cancelled: "cancelled",
    refunded: "refunded",
  } as Readonly<Record<string, string>>,
} as const;
