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
    var candidates = [Bool](repeating: false, count: shape.columnCount)
    for row in shape.rows {
      if let square = matrix.square(row), square >= firstTrace { candidates[square] = true }
    }
    let offsets = shape.templates.map(\.maskingSquares)
    for block in shape.blocks {
      for offset in offsets[block.template] { candidates[firstTrace + block.traceStart + offset] = true }
    }
    // No block's input has a candidate, so that within a block only its own variables can meet.
    for input in Set(shape.blocks.flatMap(\.inputs)) {
      for column in matrix.columns(of: input) { candidates[Int(column)] = false }
    }
    // Columns that would be factors of one row drop out, both of them.
    let holds = (0..<UInt32(matrix.rowCount)).map { combination in
      matrix.columns(of: combination).contains { candidates[Int($0)] }
    }
    for row in shape.rows where holds[Int(row.a)] && holds[Int(row.b)] {
      for column in [matrix.columns(of: row.a), matrix.columns(of: row.b)].joined() { candidates[Int(column)] = false }
    }
    squares = candidates.indices.filter { candidates[$0] }.map { $0 - firstTrace }

    var uses = [Int](repeating: 0, count: matrix.rowCount)
    for row in shape.rows { for combination in [row.a, row.b, row.c] { uses[Int(combination)] += 1 } }
    for input in shape.blocks.flatMap(\.inputs) { uses[Int(input)] += 1 }
    var columnUses = [Int](repeating: 0, count: shape.columnCount)
    for combination in 0..<UInt32(matrix.rowCount) {
      for column in matrix.columns(of: combination) { columnUses[Int(column)] += uses[Int(combination)] }
    }
    var inverses: [Int] = []
    for row in shape.rows where matrix.single(row.c) == 0 {
      for (factor, other) in [(row.a, row.b), (row.b, row.a)] {
        guard let column = matrix.single(factor), column >= firstTrace, columnUses[column] == 1,
          matrix.columns(of: other).allSatisfy({ Int($0) >= firstTrace && !candidates[Int($0)] })
        else { continue }
        inverses.append(column - firstTrace)
      }
    }
    self.inverses = inverses
  }
}

extension BlockTemplate {
  /// The variables c of rows s * s = c, s another single column, of which no row has two as factors.
  fileprivate var maskingSquares: [Int] {
    let firstVariable = 1 + inputCount
    var candidates: Set<Int> = []
    for row in rows {
      if let square = combinations.square(row), square >= firstVariable { candidates.insert(square) }
    }
    for row in rows {
      let (left, right) = (combinations.columns(of: row.a), combinations.columns(of: row.b))
      guard left.contains(where: { candidates.contains(Int($0)) }),
        right.contains(where: { candidates.contains(Int($0)) })
      else { continue }
      for column in [left, right].joined() { candidates.remove(Int(column)) }
    }
    return candidates.sorted().map { $0 - firstVariable }
  }
}

extension SparseMatrix {
  /// The columns of a combination.
  fileprivate func columns(of combination: UInt32) -> ArraySlice<UInt32> {
    columns[pattern.entries(Int(combination))]
  }

  /// The single column of a combination, if it has but one, or nil.
  fileprivate func single(_ combination: UInt32) -> Int? {
    let columns = columns(of: combination)
    return columns.count == 1 ? columns.first.map { Int($0) } : nil
  }

  /// The column c of a row s * s = c with two different single columns, or nil.
  fileprivate func square(_ row: ConstraintRow) -> Int? {
    guard row.a == row.b, let factor = single(row.a), let square = single(row.c), square != factor else { return nil }
    return square
  }
}
