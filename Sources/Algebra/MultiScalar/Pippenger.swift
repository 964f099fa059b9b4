/// Multi-scalar multiplication by buckets: for every window of bits, points with the same digit are added first.
///
/// - seealso: Pippenger, "On the evaluation of powers and related problems" (1976); Bernstein, Doumen, Lange and
///   Oosterwijk, "Faster batch forgery identification" (2012), section 4.
struct Pippenger<C: Curve> {
  private let bases: [AffinePoint<C>]
  private let windowWidth: Int
  private let windows: Int
  /// Digits in magnitude: the window's buckets are numbered from 0 to this.
  private let largestDigit: Int

  /// sum of scalar_i bases_i; there are at least as many bases as scalars.
  static func multiply(_ scalars: some ScalarDigits, _ bases: [AffinePoint<C>]) -> ProjectivePoint<C> {
    precondition(
      scalars.count <= bases.count && scalars.count < 1 << 31, "A base for every scalar, below 2^31 of them.")
    guard scalars.bitWidth > 0 else { return .infinity }
    let width = bestWindowWidth(count: scalars.count, bitWidth: scalars.bitWidth)
    var scalars = scalars
    let algorithm = Pippenger(bases: bases, bitWidth: scalars.bitWidth, windowWidth: width)
    scalars.prepare(windowWidth: width, windows: algorithm.windows)
    return algorithm.evaluate(scalars)
  }

  private init(bases: [AffinePoint<C>], bitWidth: Int, windowWidth: Int) {
    self.bases = bases
    self.windowWidth = windowWidth
    windows = Self.windowCount(bitWidth: bitWidth, windowWidth: windowWidth)
    largestDigit = 1 << (windowWidth - 1)
  }

  /// Windows needed so that the last one's digit is at most 2^(windowWidth - 1), with the carry it may get.
  private static func windowCount(bitWidth: Int, windowWidth: Int) -> Int {
    (bitWidth + windowWidth) / windowWidth
  }

  /// The width with the fewest additions: one for each scalar and two for each bucket in every window, and the rest.
  private static func bestWindowWidth(count: Int, bitWidth: Int) -> Int {
    func cost(_ width: Int) -> Int {
      let buckets = 1 << (width - 1)
      // The four running sums have about 2^(width / 2) terms each and cost three times as much an addition.
      let window = count + 2 * min(buckets, count) + buckets / 16 + 12 << (width / 2)
      return windowCount(bitWidth: bitWidth, windowWidth: width) * window
    }
    return (2...17).min { cost($0) < cost($1) } ?? 8
  }

  private func evaluate(_ scalars: some ScalarDigits) -> ProjectivePoint<C> {
    // Windows are sorted and summed in groups, so that memory stays below about 2^24 entries.
    let groupSize = max(1, min(windows, (1 << 24) / max(1, scalars.count)))
    var windowSums: [ProjectivePoint<C>] = []
    for start in stride(from: 0, to: windows, by: groupSize) {
      let group = start..<min(start + groupSize, windows)
      let sorted = Parallel.map(count: group.count, minimumChunk: 1) { sort(scalars, window: group.lowerBound + $0) }
      windowSums += weightedSums(GroupedEntries.sums(of: sorted))
    }
    var result = ProjectivePoint<C>.infinity
    for sum in windowSums.reversed() {
      if !result.isInfinity { for _ in 0..<windowWidth { result = result.doubled() } }
      result += sum
    }
    return result
  }

  /// The bases in groups by the magnitude of their digit in one window, by counting; digit 0 is left out, so group 0 is
  /// empty.
  private func sort(_ scalars: some ScalarDigits, window: Int) -> GroupedEntries<C> {
    let isLast = window == windows - 1
    var digits = [Int32](repeating: 0, count: scalars.count)
    var offsets = [Int32](repeating: 0, count: largestDigit + 2)
    for index in digits.indices {
      let digit = scalars.digit(index, window: window, windowWidth: windowWidth, isLast: isLast)
      digits[index] = Int32(truncatingIfNeeded: digit)
      offsets[digit.magnitudeAsInt + 1] += 1
    }
    offsets[1] = 0
    for group in 1..<offsets.count { offsets[group] += offsets[group - 1] }
    var places = offsets
    var entries = [UInt32](repeating: 0, count: Int(offsets[offsets.count - 1]))
    for index in digits.indices where digits[index] != 0 {
      let digit = digits[index]
      let group = Int(digit.magnitude)
      entries[Int(places[group])] = UInt32(truncatingIfNeeded: index) << 1 | (digit < 0 ? 1 : 0)
      places[group] += 1
    }
    return GroupedEntries(points: bases, entries: entries, offsets: offsets)
  }

  /// For each window's buckets, the sum of k times bucket k.
  ///
  /// With k = hi 2^s + lo this is sum_lo lo column_lo + 2^s sum_hi hi row_hi, where columns and rows are sums of
  /// buckets with the same lo or hi: two batched additions a bucket, and running sums of only 2^s terms.
  private func weightedSums(_ buckets: [[AffinePoint<C>]]) -> [ProjectivePoint<C>] {
    let lowBits = windowWidth / 2
    let lists = buckets.flatMap { window in
      [
        grouped(window, by: (largestDigit >> lowBits) + 1) { $0 >> lowBits },
        grouped(window, by: 1 << lowBits) { $0 & ((1 << lowBits) - 1) },
      ]
    }
    let sums = GroupedEntries.sums(of: lists)
    return Parallel.map(count: buckets.count, minimumChunk: 1) { index in
      var rows = weightedSum(sums[2 * index])
      for _ in 0..<lowBits { rows = rows.doubled() }
      return rows + weightedSum(sums[2 * index + 1])
    }
  }

  /// The points that are not infinity, grouped by a key of their index.
  private func grouped(
    _ points: [AffinePoint<C>], by groups: Int, _ key: (Int) -> Int
  ) -> GroupedEntries<C> {
    var offsets = [Int32](repeating: 0, count: groups + 1)
    for index in points.indices where !points[index].isInfinity { offsets[key(index) + 1] += 1 }
    for group in 1...groups { offsets[group] += offsets[group - 1] }
    var places = offsets
    var entries = [UInt32](repeating: 0, count: Int(offsets[groups]))
    for index in points.indices where !points[index].isInfinity {
      let group = key(index)
      entries[Int(places[group])] = UInt32(truncatingIfNeeded: index) << 1
      places[group] += 1
    }
    return GroupedEntries(points: points, entries: entries, offsets: offsets)
  }

  /// The sum of k times the k-th point, by running sums from the last one down.
  private func weightedSum(_ points: [AffinePoint<C>]) -> ProjectivePoint<C> {
    var running = ProjectivePoint<C>.infinity
    var total = ProjectivePoint<C>.infinity
    for point in points.dropFirst().reversed() {
      running += point
      total += running
    }
    return total
  }
}

extension Int {
  /// The absolute value of an integer that is not the smallest one.
  fileprivate var magnitudeAsInt: Int { self < 0 ? -self : self }
}
