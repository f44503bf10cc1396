"""What do people mean by what they type?"""
