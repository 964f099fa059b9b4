import Algebra

extension ScalarField {
  /// 2^256, the radix of the stored form.
  static let radix = ScalarField(reducing: (0, 0, 0, 0), high: (1, 0, 0, 0))

  /// The integer divided by the radix: cheap, because that is how the integer itself would be stored.
  init(overRadix integer: Int64) {
    let magnitude = ScalarField(montgomery: (integer.magnitude, 0, 0, 0))
    self = integer < 0 ? -magnitude : magnitude
  }
}

/// The integers of a block, read by ranges in the forms the prover computes with.
struct TensorReader: Sendable {
  /// The segment's entries.
  let entries: SegmentEntries
  /// The first entry of the block.
  let offset: Int
  /// The number of variables.
  let logSize: Int

  /// Reads a block of a step's data.
  init(_ block: Block, in data: StepData) {
    self.init(data.entries(in: block.segment), offset: block.offset, logSize: block.logSize)
  }

  /// Reads a part of a segment.
  init(_ entries: SegmentEntries, offset: Int = 0, logSize: Int = 0) {
    self.entries = entries
    self.offset = offset
    self.logSize = logSize
  }

  /// Whether the first entries are 16-bit integers -1, 0 and 1.
  var isLikelyTernary: Bool {
    guard case .int16(let stored) = entries else { return false }
    return stored.dropFirst(offset).prefix(1024).allSatisfy { (-1...1).contains($0) }
  }

  /// Calls `body` with the entries of a range of the block as 64-bit integers; entries not stored are 0.
  func withIntegers<Result>(_ range: Range<Int>, _ body: (UnsafePointer<Int64>) -> Result) -> Result {
    let range = range.lowerBound + offset..<range.upperBound + offset
    if case .int64(let stored) = entries, range.upperBound <= stored.count {
      return stored.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("A range of stored entries is not empty.") }
        return body(base + range.lowerBound)
      }
    }
    return withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(1, range.count)) { scratch in
      guard let base = scratch.baseAddress else { preconditionFailure("Scratch memory is not empty.") }
      read(range, into: base)
      return body(base)
    }
  }

  /// Writes the entries of a range of the segment as 64-bit integers, 0 for those not stored.
  private func read(_ range: Range<Int>, into out: UnsafeMutablePointer<Int64>) {
    switch entries {
    case .int16(let stored): Self.widen(stored, range, into: out)
    case .int32(let stored): Self.widen(stored, range, into: out)
    case .int64(let stored): Self.widen(stored, range, into: out)
    }
  }

  private static func widen<Integer: FixedWidthInteger>(
    _ stored: [Integer], _ range: Range<Int>, into out: UnsafeMutablePointer<Int64>
  ) {
    let count = range.clamped(to: 0..<stored.count).count
    stored.withUnsafeBufferPointer { stored in
      if let base = stored.baseAddress, count > 0 {
        let first = base + range.lowerBound
        for index in 0..<count { out[index] = Int64(first[index]) }
      }
    }
    (out + count).update(repeating: 0, count: range.count - count)
  }

  /// Writes the entries of a range divided by the radix.
  func overRadix(_ range: Range<Int>, into out: UnsafeMutablePointer<ScalarField>) {
    withIntegers(range) { integers in
      for index in 0..<range.count { out[index] = ScalarField(overRadix: integers[index]) }
    }
  }

  /// Adds to out[i] the sum over r of weights[r] times entry `starts[r] + i` of the block, i below `count`.
  func addRows(
    _ starts: [Int], by weights: UnsafePointer<ScalarField>, count: Int, into out: UnsafeMutablePointer<ScalarField>
  ) {
    if let first = starts.first, let last = starts.last, case .int64(let stored) = entries,
      last + offset + count <= stored.count, let stride = Self.commonStride(starts)
    {
      stored.withUnsafeBufferPointer { stored in
        guard let base = stored.baseAddress else { return }
        ScalarField.addScaledRows(
          base + first + offset, stride: stride, by: weights, rows: starts.count, into: out, count: count)
      }
      return
    }
    let height = max(1, min(starts.count, (1 << 14) / count))
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: height * count) { scratch in
      guard let base = scratch.baseAddress else { return }
      for first in stride(from: 0, to: starts.count, by: Self.ternaryHeight) {
        let some = first..<min(first + Self.ternaryHeight, starts.count)
        if addTernaryRows(starts[some], by: weights + first, count: count, into: out) { continue }
        for first in stride(from: first, to: some.upperBound, by: height) {
          let rows = starts[first..<min(first + height, some.upperBound)]
          for (row, start) in rows.enumerated() {
            read(start + offset..<start + offset + count, into: base + row * count)
          }
          ScalarField.addScaledRows(
            base, stride: count, by: weights + first, rows: rows.count, into: out, count: count)
        }
      }
    }
  }

  /// Rows of ternary entries that sums are prepared for at once.
  private static var ternaryHeight: Int { 64 }

  /// Adds rows as `addRows` does, by additions of prepared sums; false, and nothing done, unless the entries are 16-bit
  /// integers, all of them -1, 0 and 1, and enough for that to pay.
  private func addTernaryRows(
    _ starts: ArraySlice<Int>, by weights: UnsafePointer<ScalarField>, count: Int,
    into out: UnsafeMutablePointer<ScalarField>
  ) -> Bool {
    guard case .int16(let stored) = entries, count >= 128, let last = starts.max(),
      last + offset + count <= stored.count
    else { return false }
    return withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: TernaryCodes.groups(starts.count) * count
    ) { codes in
      stored.withUnsafeBufferPointer { stored in
        guard let base = stored.baseAddress, let codes = codes.baseAddress,
          TernaryCodes.encode(rows: starts, of: base + offset, columns: count, into: codes)
        else { return false }
        TernaryTables(weights, count: starts.count).addSums(
          codes: codes, strides: (count, 1), into: out, count: count)
        return true
      }
    }
  }

  /// The difference of neighbours, if it is the same everywhere and not negative.
  private static func commonStride(_ starts: [Int]) -> Int? {
    guard starts.count > 1 else { return 0 }
    let stride = starts[1] - starts[0]
    return stride >= 0 && zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 == stride } ? stride : nil
  }

  /// The sum of `weights[i]` times entry `start + i`.
  func dot(_ weights: UnsafePointer<ScalarField>, start: Int, count: Int) -> ScalarField {
    withIntegers(start..<start + count) { ScalarField.dot(weights, $0, count: count) }
  }

  /// Writes for every one of `rows` rows of `count` entries, one after the other from `start` on, the sum of `weights[i]`
  /// times entry i; rows of -1, 0 and 1 by additions of the sums prepared of the same weights, if there are any.
  func dots(
    _ weights: UnsafePointer<ScalarField>, prepared: TernaryTables<ScalarField>?, start: Int,
    rows: Int, count: Int,
    into out: UnsafeMutablePointer<ScalarField>
  ) {
    guard let prepared, case .int16(let stored) = entries,
      start + offset + rows * count <= stored.count
    else {
      for row in 0..<rows { out[row] = dot(weights, start: start + row * count, count: count) }
      return
    }
    let groups = TernaryCodes.groups(count)
    let height = 16
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: height * groups) { codes in
      guard let codes = codes.baseAddress else { return }
      for first in stride(from: 0, to: rows, by: height) {
        let some = first..<min(first + height, rows)
        let isTernary = stored.withUnsafeBufferPointer { stored in
          guard let base = stored.baseAddress else { return false }
          return some.allSatisfy { row in
            TernaryCodes.encode(
              base + offset + start + row * count, count: count,
              into: codes + (row - first) * groups)
          }
        }
        guard isTernary else {
          for row in some { out[row] = dot(weights, start: start + row * count, count: count) }
          continue
        }
        (out + first).update(repeating: .zero, count: some.count)
        prepared.addSums(codes: codes, strides: (1, groups), into: out + first, count: some.count)
      }
    }
  }

  /// The sum of all entries, each times the product of its bits' weights (see `FieldBuffer.init(weights:)`).
  func evaluate(weights: [ScalarField?]) -> ScalarField {
    let lowCount = min(logSize, 10)
    let low = FieldBuffer(weights: Array(weights[..<lowCount]))
    let high = FieldBuffer(weights: Array(weights[lowCount...]))
    return Parallel.reduceChunks(
      count: high.count, minimumChunk: 8, into: .zero,
      transform: { range in
        range.reduce(ScalarField.zero) {
          $0 + high[$1] * dot(low.base, start: $1 << lowCount, count: low.count)
        }
      }, combine: +=)
  }
}
