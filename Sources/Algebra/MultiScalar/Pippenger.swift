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
      windowSums += weightedSums(GroupSums(of: sorted, points: bases), windows: group.count)
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
  private func sort(_ scalars: some ScalarDigits, window: Int) -> GroupedEntries {
    let digits = scalars.digits(window: window, windowWidth: windowWidth, isLast: window == windows - 1)
    return Self.grouped(digits.count, by: largestDigit + 1) { index in
      let digit = digits[index]
      return digit == 0 ? nil : (Int(digit.magnitude), UInt32(truncatingIfNeeded: index) << 1 | (digit < 0 ? 1 : 0))
    }
  }

  /// For each window's buckets, the sum of k times bucket k.
  ///
  /// With k = hi 2^s + lo this is sum_lo lo column_lo + 2^s sum_hi hi row_hi, where columns and rows are sums of
  /// buckets with the same lo or hi: two batched additions a bucket, and running sums of only 2^s terms.
  private func weightedSums(_ buckets: GroupSums<C>, windows: Int) -> [ProjectivePoint<C>] {
    let lowBits = windowWidth / 2
    let (points, starts) = (buckets.points, buckets.starts)
    let (rows, columns) = ((largestDigit >> lowBits) + 1, 1 << lowBits)
    let lists = Parallel.map(count: 2 * windows, minimumChunk: 1) { list in
      let first = starts[list / 2]
      return Self.grouped(largestDigit + 1, by: list % 2 == 0 ? rows : columns) { index in
        guard !points[first + index].isInfinity else { return nil }
        let key = list % 2 == 0 ? index >> lowBits : index & (columns - 1)
        return (key, UInt32(truncatingIfNeeded: first + index) << 1)
      }
    }
    let sums = GroupSums(of: lists, points: points)
    return Parallel.map(count: windows, minimumChunk: 1) { index in
      var rows = weightedSum(sums.sums(ofList: 2 * index))
      for _ in 0..<lowBits { rows = rows.doubled() }
      return rows + weightedSum(sums.sums(ofList: 2 * index + 1))
    }
  }

  /// Entries with keys below `groups`, sorted by counting; an index without an entry is left out.
  @inline(__always)
  static func grouped(
    _ count: Int, by groups: Int, _ entry: (Int) -> (key: Int, entry: UInt32)?
  ) -> GroupedEntries {
    var offsets = [Int32](repeating: 0, count: groups + 1)
    for index in 0..<count {
      if let (key, _) = entry(index) { offsets[key + 1] += 1 }
    }
    for group in 1...groups { offsets[group] += offsets[group - 1] }
    var places = offsets
    var entries = [UInt32](repeating: 0, count: Int(offsets[groups]))
    for index in 0..<count {
      guard let (key, entry) = entry(index) else { continue }
      entries[Int(places[key])] = entry
      places[key] += 1
    }
    return GroupedEntries(entries: entries, offsets: offsets)
  }

  /// The sum of k times the k-th point, by running sums from the last one down.
  private func weightedSum(_ points: ArraySlice<AffinePoint<C>>) -> ProjectivePoint<C> {
    var running = ProjectivePoint<C>.infinity
    var total = ProjectivePoint<C>.infinity
    for point in points.dropFirst().reversed() {
      running += point
      total += running
    }
    return total
  }
}
