import type { NextConfig } from 'next';

// libsql, pg, prisma and mdx-bundler are on Next's own list of packages that it does not bundle.
const config: NextConfig = {
  serverExternalPackages: ['esbuild', 'better-auth', 'ws'],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
};

export default config;
