import Algebra

/// Sums of rows of ternary entries, each row times a field element, by additions only.
///
/// Five rows have 3^5 patterns of entries in a column. For every five rows the sums of their factors for all patterns are
/// made once, by one addition each; then every column takes one addition for five entries.
///
/// - seealso: Arlazarov, Dinic, Kronrod and Faradzhev, "On economical construction of the transitive closure of a
///   directed graph" (1970).
struct TernaryRows: Sendable {
  /// The entries, row after row.
  private let entries: [Int16]
  private let start: Int
  private let columns: Int
  private let rows: Int
  /// Rows that are taken together.
  private let height: Int

  /// Rows of `columns` entries from `start` on; nil if there are too few columns for tables to pay, or if an entry is
  /// not -1, 0 or 1.
  init?(_ entries: [Int16], start: Int, rows: Int, columns: Int) {
    guard columns >= 64, start + rows * columns <= entries.count else { return nil }
    let isTernary = Parallel.mapChunks(count: rows * columns, minimumChunk: 1 << 16) { range in
      entries.withUnsafeBufferPointer { entries in
        // Without an early exit the loop is vectorised; but most matrices of 16 bits are known by their first entries.
        let first = start + range.lowerBound, end = start + range.upperBound
        var largest: UInt16 = 0
        for index in first..<min(first + 64, end) { largest = max(largest, UInt16(bitPattern: entries[index] &+ 1)) }
        if largest > 2 { return false }
        for index in first..<end { largest = max(largest, UInt16(bitPattern: entries[index] &+ 1)) }
        return largest <= 2
      }
    }
    guard isTernary.allSatisfy({ $0 }) else { return nil }
    self.entries = entries
    self.start = start
    self.columns = columns
    self.rows = rows
    height = columns >= 512 ? 5 : columns >= 256 ? 4 : 3
  }

  /// Writes the sum over rows of factor times entry, for every column.
  func sum(factors: FieldBuffer, into out: FieldBuffer) {
    let blocks = (rows + height - 1) / height
    let parts = Parallel.mapChunks(count: blocks, minimumChunk: max(1, (1 << 15) / (columns * height))) { range in
      let part = FieldBuffer(zeros: columns)
      add(range, factors, to: part)
      return part
    }
    for part in parts { ScalarField.add(out.base, part.base, into: out.base, count: columns) }
  }

  /// Adds some blocks of rows.
  private func add(_ blocks: Range<Int>, _ factors: FieldBuffer, to out: FieldBuffer) {
    let patterns = [1, 3, 9, 27, 81, 243][height]
    let sums = FieldBuffer(zeros: patterns)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: columns) { codes in
      entries.withUnsafeBufferPointer { entries in
        for block in blocks {
          let first = block * height
          let count = min(height, rows - first)
          makeSums(factors.base + first, count: count, in: sums.base)
          encode(entries, first, count, into: codes)
          let (table, target) = (sums.base, out.base)
          for column in 0..<columns { target[column] += table[Int(codes[column])] }
        }
      }
    }
  }

  /// The sums of `count` factors with all patterns of coefficients: that of pattern sum of (c_i + 1) 3^i.
  private func makeSums(
    _ factors: UnsafePointer<ScalarField>, count: Int, in sums: UnsafeMutablePointer<ScalarField>
  ) {
    sums[0] = .zero
    for index in 0..<count { sums[0] -= factors[index] }
    var known = 1
    for index in 0..<count {
      for pattern in 0..<2 * known { sums[known + pattern] = sums[pattern] + factors[index] }
      known *= 3
    }
  }

  /// The patterns of all columns.
  private func encode(
    _ entries: UnsafeBufferPointer<Int16>, _ first: Int, _ count: Int, into codes: UnsafeMutableBufferPointer<UInt16>
  ) {
    var power: UInt16 = 1
    for row in 0..<count {
      let place = start + (first + row) * columns
      if row == 0 {
        for column in 0..<columns { codes[column] = UInt16(bitPattern: entries[place + column] &+ 1) }
      } else {
        for column in 0..<columns {
          codes[column] &+= power &* UInt16(bitPattern: entries[place + column] &+ 1)
        }
      }
      power *= 3
    }
  }
}
