import Algebra

/// Which linear combinations are about the constant one and committed values only, with small coefficients: where the values
/// are small, too, such a combination is a machine integer.
struct IntegerCombinations: Sendable {
  /// Ranges of such combinations, increasing; short ones are left out.
  let runs: [Range<Int>]
  /// The matrix's coefficients as integers, 0 where they are not small.
  let coefficients: [Int64]

  /// Coefficients of a combination, in magnitude, add up to less; values are less in magnitude.
  private static var bound: Int64 { 1 << 31 }
  /// The least length of a run.
  private static var leastLength: Int { 16 }

  /// Finds them in a matrix whose columns are the one, other public columns, as many values, and the trace.
  init(in matrix: SparseMatrix<some PrimeField>, publicCount: Int, valueCount: Int) {
    let coefficients = matrix.coefficients.map { Self.integer($0) ?? 0 }
    let (columns, indices) = (matrix.columns, matrix.coefficientIndices)
    let values = publicCount..<publicCount + valueCount
    var runs: [Range<Int>] = []
    var start = 0
    for row in 0...matrix.rowCount {
      var sum: Int64 = 0
      let isInteger =
        row < matrix.rowCount
        && matrix.entries(row).allSatisfy { entry in
          let coefficient = coefficients[Int(indices[entry])].magnitude
          sum = min(Self.bound, sum + Int64(coefficient))
          return coefficient != 0 && (columns[entry] == 0 || values.contains(Int(columns[entry])))
        } && sum < Self.bound
      guard !isInteger else { continue }
      if row - start >= Self.leastLength { runs.append(start..<row) }
      start = row + 1
    }
    self.runs = runs
    self.coefficients = coefficients
  }

  /// A coefficient below the bound in magnitude.
  private static func integer(_ coefficient: some PrimeField) -> Int64? {
    func small(_ limbs: Limbs) -> Int64? {
      limbs.0 < UInt64(bound) && limbs.1 == 0 && limbs.2 == 0 && limbs.3 == 0 ? Int64(limbs.0) : nil
    }
    return small(coefficient.canonicalLimbs) ?? small((-coefficient).canonicalLimbs).map { -$0 }
  }

  /// Whether all combinations of the runs are integers of 64 bits, for these values.
  static func areSmall(_ values: [Int64]) -> Bool {
    values.reduce(0 as Int64) { $0 | ($1 ^ ($1 >> 63)) } < bound
  }

  /// The index of the first run that ends behind a combination.
  func run(after combination: Int) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound > combination { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
