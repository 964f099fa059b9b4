package import Algebra

/// A part of a circuit that occurs many times: rows over u, some inputs and variables of its own.
///
/// Columns of its matrix are u, then the inputs, then the variables.
package struct BlockTemplate<Field: PrimeField>: Sendable, Equatable {
  /// The number of inputs, which are linear combinations of the circuit's columns.
  package let inputCount: Int
  /// The number of trace variables each block has of its own, consecutive ones.
  package let traceCount: Int
  /// The combinations that the rows are made of, in the order of their first use.
  package let combinations: SparseMatrix<Field>
  /// The rows.
  package let rows: [ConstraintRow]

  /// Where the variables' columns start.
  var firstVariable: Int { 1 + inputCount }
}

/// The rows of a template as products with their transpose need them.
struct TemplateUses<Field: PrimeField>: Sendable {
  /// For every column the combinations it occurs in, with the indices of their matrix's coefficients.
  let columns: SparsePattern
  /// For every combination the rows whose left factor (coefficient 2), right factor (3) or product (4) it is.
  let combinations: SparsePattern

  /// The uses in a template, of whose columns a file may claim more than it has bytes: made when they are needed, not when it
  /// is read.
  init(_ template: BlockTemplate<Field>) {
    columns = template.combinations.pattern.transposed
    var sides = SparsePattern(columnCount: template.combinations.rowCount)
    for row in template.rows {
      for (side, index) in [row.a, row.b, row.c].enumerated() {
        sides.append(column: index, coefficientIndex: UInt32(2 + side))
      }
      sides.endRow()
    }
    combinations = sides.transposed
  }
}

/// One occurrence of a template.
package struct Block: Hashable, Sendable {
  /// The index of the template.
  package let template: Int
  /// The circuit's rows outside blocks that come before it.
  package let rowsBefore: Int
  /// The first of its trace variables.
  package let traceStart: Int
  /// The inputs, as indices into the circuit's combinations.
  package let inputs: [UInt32]
}

/// What recording a template has found, and a circuit needs to use it.
struct RecordedBlock<Field: PrimeField>: Sendable {
  let template: BlockTemplate<Field>
  /// The state that the block leaves, over u, inputs and the template's variables.
  let outputs: [LinearCombination<Field>]
  /// What the rows are called.
  let labels: [StaticString]

  /// The state that the block leaves in a circuit.
  func outputs(inputs: [LinearCombination<Field>], traceStart: Int) -> [LinearCombination<Field>] {
    outputs.map { output in
      var shifted: [LinearCombination<Field>.Term] = []
      var sum = LinearCombination<Field>.zero
      for term in output.terms {
        switch term.column.part {
        case .inputs: sum = sum + term.coefficient * inputs[term.column.offset]
        case .trace:
          let column = Column(.trace, traceStart + term.column.offset)
          shifted.append(LinearCombination.Term(column: column, coefficient: term.coefficient))
        default: shifted.append(term)
        }
      }
      return sum + LinearCombination(sorted: shifted)
    }
  }
}
