import CFieldKernels

/// Ternary integers, four to a byte: the numbers of the prepared sums that they choose.
///
/// The code of four integers is the sum of (integer + 1) 3^j over their places j, below 81.
package enum TernaryCodes {
  /// Integers to a code.
  package static var groupSize: Int { 4 }

  /// Codes for `count` integers.
  package static func groups(_ count: Int) -> Int { (count + groupSize - 1) / groupSize }

  /// Whether all of `count` integers are -1, 0 or 1.
  package static func areTernary(_ integers: UnsafePointer<Int16>, count: Int) -> Bool {
    fieldAreTernary(integers, count)
  }

  /// Writes the codes of neighbours, those of absent integers at the end as if they were zeros; false, with anything
  /// written, unless all integers are -1, 0 or 1.
  package static func encode(
    _ integers: UnsafePointer<Int16>, count: Int, into codes: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    fieldTernaryCodes(codes, integers, count)
  }

  /// Writes for every four rows, the first ones first, the codes of `columns` columns; row r begins at starts[r]. Absent
  /// rows count as zeros. False, with anything written, unless all integers are -1, 0 or 1.
  package static func encode(
    rows starts: some RandomAccessCollection<Int>, of integers: UnsafePointer<Int16>, columns: Int,
    into codes: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    var out = codes
    var rest = starts[...]
    while !rest.isEmpty {
      // SAFETY: the kernel reads `columns` integers of as many rows as it is told.
      let rows = rest.prefix(groupSize).map { Optional(integers + $0) }
      guard fieldTernaryRowCodes(out, rows, rows.count, columns) else { return false }
      rest = rest.dropFirst(groupSize)
      out += columns
    }
    return true
  }
}

/// Sums of field elements with coefficients -1, 0 and 1, prepared for every four of them: a sum of n takes n / 4 additions.
///
/// - seealso: Arlazarov, Dinic, Kronrod and Faradzhev, "On economical construction of the transitive closure of a
///   directed graph" (1970).
@usableFromInline
package struct TernaryTables<F: PrimeField>: Sendable {
  private let tables: [F]
  private let groups: Int

  /// Prepares `count` factors: 81 sums for four of them, by an addition each.
  package init(_ factors: UnsafePointer<F>, count: Int) {
    let groups = TernaryCodes.groups(count)
    self.groups = groups
    tables = [F](unsafeUninitializedCapacity: 81 * groups) { buffer, initialized in
      if let base = buffer.baseAddress { F.makeTernaryTables(factors, into: base, count: count) }
      initialized = 81 * groups
    }
  }

  /// Adds to out[i] the sum of the factors with the coefficients of codes[g * strides.group + i * strides.entry], g being
  /// the number of a group of four factors.
  package func addSums(
    codes: UnsafePointer<UInt8>, strides: (group: Int, entry: Int),
    into out: UnsafeMutablePointer<F>, count: Int
  ) {
    tables.withUnsafeBufferPointer { tables in
      guard let base = tables.baseAddress else { return }
      F.addTableSums(base, groups: groups, codes: codes, strides: strides, into: out, count: count)
    }
  }
}
