const WIDTH = 760;
const ROW = 92;
const LEFT = 150;
const PLOT = 560;
const HEIGHT = 56;
const INK = "#444";

/** An SVG with one row for each outage: memory and latency over time. The outage itself is shaded. */
export function pictureOf(outages) {
  const maxSecond = Math.max(
    ...outages.flatMap(({ samples }) => samples.map(({ second }) => second)),
  );
  const maxRss = Math.max(...outages.flatMap(({ samples }) => samples.map(({ rss }) => rss)));
  const maxP99 = Math.max(...outages.flatMap(({ samples }) => samples.map(({ p99 }) => p99)));
  const x = (second) => LEFT + (second / maxSecond) * PLOT;
  const line = (samples, value, max, color) => {
    const points = samples.map(
      (sample) =>
        `${x(sample.second).toFixed(1)},${(HEIGHT * (1 - value(sample) / max)).toFixed(1)}`,
    );
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  };
  const rows = outages.map(({ name, samples, from, to, lost, duplicated }, index) => {
    const text = (dy, content, size = 11) =>
      `<text x="8" y="${dy}" font-size="${size}" fill="${INK}">${content}</text>`;
    const peak = Math.max(...samples.map(({ rss }) => rss)) / 2 ** 20;
    const p99 = Math.max(
      ...samples.filter(({ second }) => second >= from && second <= to).map((sample) => sample.p99),
    );
    return `<g transform="translate(0 ${40 + index * ROW})">
<rect x="${x(from)}" y="0" width="${x(to) - x(from)}" height="${HEIGHT}" fill="#f3d9d9"/>
<rect x="${LEFT}" y="0" width="${PLOT}" height="${HEIGHT}" fill="none" stroke="#bbb"/>
${line(samples, ({ rss }) => rss, maxRss, "#1f77b4")}
${line(samples, (sample) => sample.p99, maxP99, "#d62728")}
${text(14, name, 13)}${text(30, `lost ${lost}, twice ${duplicated}`)}${text(44, `at most ${peak.toFixed(0)} MiB`)}${text(58, `p99 at most ${p99.toFixed(1)} ms`)}
</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${60 + outages.length * ROW}" font-family="sans-serif">
<rect width="100%" height="100%" fill="white"/>
<text x="8" y="20" font-size="13" fill="${INK}">Blue: memory (RSS), 0 to ${(maxRss / 2 ** 20).toFixed(0)} MiB. Red: p99 of a call, 0 to ${maxP99.toFixed(0)} ms. Shaded: the outage. ${maxSecond} s.</text>
${rows.join("\n")}
</svg>
`;
}
