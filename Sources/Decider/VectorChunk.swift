package import Algebra

/// A vector committed to, which may be a part of a longer one, or not be kept as field elements: it is not copied.
package struct VectorChunk<F: PrimeField>: Sendable {
  private enum Entries: Sendable {
    case elements(ArraySlice<F>)
    case integers(ScaledIntegers<F>)
  }

  private var entries: Entries

  /// All of a vector.
  package init(_ vector: FieldVector<F>) { entries = .elements(vector.elements[...]) }

  /// The entries of a vector in a range.
  init(_ vector: FieldVector<F>, _ range: Range<Int>) { entries = .elements(vector.elements[range]) }

  /// All of a vector.
  init(_ vector: ScaledIntegers<F>) { entries = .integers(vector) }

  /// A vector of its own.
  package var vector: FieldVector<F> {
    switch entries {
    case .elements(let elements): FieldVector(Array(elements))
    case .integers(let integers): integers.vector
    }
  }

  /// Adds `factor` times the vector to one that is no shorter.
  func add(to sum: inout FieldVector<F>, times factor: F) {
    switch entries {
    case .elements(let elements): sum.addScaled(elements, by: factor)
    case .integers(let integers): integers.add(to: &sum, times: factor)
    }
  }
}

extension VectorChunk: RandomAccessCollection, MutableCollection {
  /// 0.
  package var startIndex: Int { 0 }

  /// The number of entries.
  package var endIndex: Int {
    switch entries {
    case .elements(let elements): elements.count
    case .integers(let integers): integers.count
    }
  }

  /// An entry, counted from 0.
  package subscript(index: Int) -> F {
    get {
      switch entries {
      case .elements(let elements): elements[elements.startIndex + index]
      case .integers(let integers): integers[index]
      }
    }
    set {
      var elements = vector.elements
      elements[index] = newValue
      entries = .elements(elements[...])
    }
  }
}
