package import Algebra
package import ConstraintSystem

/// Columns of the trace whose starting values mask what a proof shows of a running instance's errors.
///
/// Both kinds are found in the rows, so that verifiers' keys need not say anything about them. Which they are is public.
/// - seealso: Docs/Decisions/003-zero-knowledge.md.
package struct MaskingColumns: Sendable, Equatable {
  /// Columns c with a row s * s = c of their own, s another single column; no row has two of them as factors. So the
  /// error is linear in their starting values, and in that row is that value times -u: all of them have independent effects.
  package let squares: [Int]
  /// Columns c whose one row is c * d = 1, where d has neither public inputs nor any of these columns: the error of an
  /// instance whose d is zero does not depend on them, its cross term with an honest instance does.
  package let inverses: [Int]

  /// The columns of a shape, as offsets in the trace.
  package init(_ shape: ConstraintShape<ScalarField>) {
    let firstTrace = shape.publicCount + shape.valueOffsets.count
    let matrix = shape.combinations
    /// The single column of a combination, if it has but one, or nil.
    func single(_ combination: UInt32) -> Int? {
      let start = matrix.rowStarts[Int(combination)]
      return matrix.rowStarts[Int(combination) + 1] == start + 1 ? Int(matrix.columns[Int(start)]) : nil
    }
    func columns(_ combination: UInt32) -> ArraySlice<UInt32> {
      matrix.columns[Int(matrix.rowStarts[Int(combination)])..<Int(matrix.rowStarts[Int(combination) + 1])]
    }
    var candidates = [Bool](repeating: false, count: shape.columnCount)
    var uses = [Int](repeating: 0, count: matrix.rowCount)
    for row in shape.rows {
      for combination in [row.a, row.b, row.c] { uses[Int(combination)] += 1 }
      if row.a == row.b, let factor = single(row.a), let square = single(row.c), square >= firstTrace, square != factor
      {
        candidates[square] = true
      }
    }
    // Columns that would be factors of one row drop out, both of them.
    let holds = (0..<matrix.rowCount).map { combination in
      columns(UInt32(combination)).contains { candidates[Int($0)] }
    }
    for row in shape.rows where holds[Int(row.a)] && holds[Int(row.b)] {
      for column in [columns(row.a), columns(row.b)].joined() { candidates[Int(column)] = false }
    }
    squares = candidates.indices.filter { candidates[$0] }.map { $0 - firstTrace }

    var columnUses = [Int](repeating: 0, count: shape.columnCount)
    for combination in 0..<matrix.rowCount {
      for column in columns(UInt32(combination)) { columnUses[Int(column)] += uses[combination] }
    }
    var inverses: [Int] = []
    for row in shape.rows where single(row.c) == 0 {
      for (factor, other) in [(row.a, row.b), (row.b, row.a)] {
        guard let column = single(factor), column >= firstTrace, columnUses[column] == 1,
          columns(other).allSatisfy({ Int($0) >= firstTrace && !candidates[Int($0)] })
        else { continue }
        inverses.append(column - firstTrace)
      }
    }
    self.inverses = inverses
  }
}
